import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { releaseNames } from '../../../contracts/release';
import { Account } from '@mooring/local-account';
import { clientConfig } from '@mooring/local-account/test/support/clients';
import { Executions, until } from '../../support/executions';

const run = promisify(execFile);
const pipelineName = releaseNames.pipeline;
const stages = (build: string): object[] => [
  {
    Name: 'Source',
    Actions: [
      {
        Name: 'Source',
        ActionTypeId: { Category: 'Source', Owner: 'AWS', Provider: 'CodeStarSourceConnection', Version: '1' },
        Configuration: {
          ConnectionArn: { Ref: 'Connection' },
          FullRepositoryId: 'acme/models',
          BranchName: 'main',
          OutputArtifactFormat: 'CODEBUILD_CLONE_REF',
          DetectChanges: false,
        },
        Namespace: 'Source@Source',
        OutputArtifacts: [{ Name: 'Code' }],
        RunOrder: 1,
      },
    ],
  },
  {
    Name: 'Build',
    Actions: [
      {
        Name: build,
        ActionTypeId: { Category: 'Build', Owner: 'AWS', Provider: 'CodeBuild', Version: '1' },
        Configuration: {
          ProjectName: { Ref: 'Project' },
          EnvironmentVariables: JSON.stringify([{ name: 'TAG', type: 'PLAINTEXT', value: '#{Source@Source.TagName}' }]),
        },
        Namespace: 'Build@Build',
        InputArtifacts: [{ Name: 'Code' }],
        OutputArtifacts: [{ Name: 'Built' }],
        RunOrder: 1,
      },
    ],
  },
  {
    Name: 'Production',
    BeforeEntry: {
      Conditions: [
        {
          Result: 'SKIP',
          Rules: [
            {
              Name: 'OnlyReleases',
              RuleTypeId: { Category: 'Rule', Owner: 'AWS', Provider: 'VariableCheck', Version: '1' },
              Configuration: { Variable: '#{Build@Build.KIND}', Operator: 'EQ', Value: 'release' },
            },
          ],
        },
      ],
    },
    Actions: [
      {
        Name: 'Approval',
        ActionTypeId: { Category: 'Approval', Owner: 'AWS', Provider: 'Manual', Version: '1' },
        Configuration: { CustomData: 'ship #{Source@Source.CommitId}?' },
        RunOrder: 1,
      },
    ],
  },
];

const template = {
  Resources: {
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'release-artifacts' } },
    Connection: {
      Type: 'AWS::CodeConnections::Connection',
      Properties: { ConnectionName: 'git', ProviderType: 'GitHub' },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'release',
        AssumeRolePolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sts:AssumeRole',
              Principal: { Service: ['codepipeline.amazonaws.com', 'codebuild.amazonaws.com'] },
            },
          ],
        },
        Policies: [
          { PolicyName: 'all', PolicyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } },
        ],
      },
    },
    Project: {
      Type: 'AWS::CodeBuild::Project',
      Properties: {
        Name: 'small-build',
        ServiceRole: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Artifacts: { Type: 'CODEPIPELINE' },
        Environment: {
          Type: 'LINUX_CONTAINER',
          Image: 'aws/codebuild/standard:7.0',
          ComputeType: 'BUILD_GENERAL1_SMALL',
        },
        Source: { Type: 'CODEPIPELINE', BuildSpec: 'buildspec.yml' },
      },
    },
    Pipeline: {
      Type: 'AWS::CodePipeline::Pipeline',
      Properties: {
        Name: pipelineName,
        PipelineType: 'V2',
        ExecutionMode: 'QUEUED',
        RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
        ArtifactStore: { Type: 'S3', Location: { Ref: 'Bucket' } },
        Stages: stages('Build'),
        Triggers: [
          {
            ProviderType: 'CodeStarSourceConnection',
            GitConfiguration: {
              SourceActionName: 'Source',
              Push: [{ Tags: { Includes: ['release-*-v[0-9]*', 'prerelease-*-v[0-9]*'] } }],
            },
          },
        ],
      },
    },
  },
};

/** A local account with a small release pipeline, and a checkout whose remote is the pipeline's repository. */
export class SmallRelease {
  readonly folder = mkdtempSync(join(tmpdir(), 'mooring-release-'));
  readonly account = new Account({ folder: join(this.folder, 'state') });
  private readonly checkout = join(this.folder, 'checkout');

  async start(): Promise<void> {
    await this.account.start();
    const cloudformation = new CloudFormationClient(clientConfig(this.account));
    await cloudformation.send(
      new CreateStackCommand({
        StackName: 'Release',
        TemplateBody: JSON.stringify(template),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      }),
    );
    await until(async () => {
      const { Stacks: [stack] = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: 'Release' }));
      if (/FAILED|ROLLBACK/.test(stack?.StackStatus ?? '')) throw new Error(stack?.StackStatusReason);
      return stack?.StackStatus === 'CREATE_COMPLETE' ? stack : undefined;
    });
    mkdirSync(this.checkout);
    this.git('init', '--quiet', '--initial-branch=main');
    this.git('remote', 'add', 'origin', this.account.parts.peer('repositories').path('acme/models'));
  }

  get executions(): Executions {
    return new Executions(this.account, pipelineName);
  }

  git(...args: readonly string[]): string {
    const who = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.com'];
    return execFileSync('git', ['-C', this.checkout, ...who, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  }

  /** Commits a buildspec with these commands. */
  commit(...commands: readonly string[]): void {
    const spec = {
      version: '0.2',
      env: { 'exported-variables': ['KIND'] },
      phases: {
        build: { commands: ['export KIND="${TAG%%-*}"', ...commands] },
        post_build: { commands: ['echo succeeding $CODEBUILD_BUILD_SUCCEEDING'] },
      },
      artifacts: { files: ['**/*'] },
    };
    writeFileSync(join(this.checkout, 'buildspec.yml'), JSON.stringify(spec));
    writeFileSync(join(this.checkout, 'salt.txt'), String(Math.random()));
    this.git('add', '.');
    this.git('commit', '--quiet', '--message', 'a change');
  }

  /** Makes tags and pushes them. @returns what the push said about executions that start. */
  tagAndPush(...tags: readonly string[]): Promise<readonly { readonly tag: string; readonly executionId: string }[]> {
    for (const tag of tags) this.git('tag', '--annotate', tag, '--message', tag);
    return this.push(...tags.map((tag) => `refs/tags/${tag}`));
  }

  /** Not waited for in the way of {@link git}: the repository's hook asks the account, which answers from this very process. */
  async push(...refs: readonly string[]): Promise<readonly { readonly tag: string; readonly executionId: string }[]> {
    const { stderr } = await run('git', ['-C', this.checkout, 'push', 'origin', ...refs]);
    return [...stderr.matchAll(/(\S+) starts execution (\S+)/g)].map(([, tag = '', executionId = '']) => ({
      tag,
      executionId,
    }));
  }

  async stop(): Promise<void> {
    await this.account.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
