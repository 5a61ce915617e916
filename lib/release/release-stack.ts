import { Aws, Duration, RemovalPolicy, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import { CfnConnection } from 'aws-cdk-lib/aws-codeconnections';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CodePipeline, CodePipelineSource, type CodeBuildStep, Step } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { appName } from '../../contracts/names';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { releaseNames } from '../../contracts/release';
import { arn } from '../config/arn';
import { allow } from '../config/grants';
import type { FunctionBundles } from '../functions/function-bundles';
import type { StandardCode } from '../training/code-bundle';
import { acknowledgePipelineGrants } from './acknowledge-pipeline';
import { pinned } from './pinned';
import { allowConnection, allowContinuing, startOnTags, stopPrereleases } from './pipeline-rules';
import { SummarizedApproval } from './summarized-approval';
import type { ReleaseConfig } from './release-config';
import { ProductionStage, StagingStage, type ReleaseStageProps } from './release-stage';
import {
  assetSpec,
  type ReleaseVariables,
  selfMutationSpec,
  synthStep,
  toolStep,
  type ToolStepProps,
  variablesOf,
} from './release-steps';

export interface ReleaseStackProps extends StackProps {
  readonly config: ReleaseConfig;
  readonly useCases: readonly LoadedUseCase[];
  readonly bundles: FunctionBundles;
  readonly standardCode: StandardCode;
}

const sourceAction = 'Source';

interface Synthesized {
  readonly synth: CodeBuildStep;
  readonly variables: ReleaseVariables;
}

/**
 * The release pipeline: a tag moves one use case through staging to production, and the pipeline updates itself first.
 *
 * Creates the pipeline with its key and bucket, the connection (unless there is one), the role of the steps, and both
 * stages. Infrastructure of all use cases moves together, because a tag is a commit; the model of the tagged one is trained.
 */
export class ReleaseStack extends Stack {
  private readonly key: kms.Key;
  private readonly artifacts: s3.Bucket;
  private readonly stepsRole: iam.Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ReleaseStackProps,
  ) {
    super(scope, id, { description: 'Mooring: releases', env: props.config.environments?.tooling, ...props });
    this.key = this.createKey();
    this.artifacts = this.createBucket();
    this.stepsRole = this.createStepsRole();
    const pipeline = this.createPipeline();
    const connectionArn = this.connectionArn();
    const source = this.createSource(connectionArn);
    const synth = synthStep(source, this.pipelineArn());
    const pipelines = this.createPipelines(pipeline, synth);
    const synthesized = { synth, variables: variablesOf(synth) };
    const staging = this.addStaging(pipelines, synthesized);
    this.addProduction(pipelines, synthesized, staging);
    pipelines.buildPipeline();
    const useCaseNames = props.useCases.map(({ useCase }) => useCase.name);
    startOnTags(pipeline, sourceAction, useCaseNames);
    allowConnection(pipeline.node.findChild('Source').node.findChild(sourceAction), pipelines, connectionArn);
    stopPrereleases(pipeline, synthesized.variables.RELEASE_KIND);
    allowContinuing(pipelines, this.pipelineArn());
    acknowledgePipelineGrants(this);
    Tags.of(this).add('Application', appName);
  }

  private pipelineArn(): string {
    return arn('codepipeline', releaseNames.pipeline);
  }

  private createKey(): kms.Key {
    return new kms.Key(this, 'Key', {
      description: 'Artifacts of releases',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
      alias: this.props.config.environments === undefined ? undefined : `alias/${releaseNames.pipeline}`,
    });
  }

  private createBucket(): s3.Bucket {
    const common = {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    };
    const logs = new s3.Bucket(this, 'AccessLogs', {
      ...common,
      encryption: s3.BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ id: 'expire', expiration: Duration.days(365) }],
    });
    return new s3.Bucket(this, 'Artifacts', {
      ...common,
      // Other accounts' deployment roles read it, and cannot ask this account for a generated name.
      bucketName:
        this.props.config.environments === undefined
          ? undefined
          : `${releaseNames.pipeline}-${this.account}-${this.region}`,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      versioned: true,
      serverAccessLogsBucket: logs,
      lifecycleRules: [{ id: 'expire', expiration: Duration.days(180), noncurrentVersionExpiration: Duration.days(7) }],
    });
  }

  /** The role that works in the stages. All it may do there is what each stage's own role allows. */
  private createStepsRole(): iam.Role {
    const role = new iam.Role(this, 'StepsRole', {
      roleName: releaseNames.stepsRole,
      description: 'Steps of releases: training, tests, promotion',
      assumedBy: new iam.ServicePrincipal('codebuild.amazonaws.com'),
    });
    const { environments } = this.props.config;
    allow(
      role,
      'Stages',
      ['sts:AssumeRole'],
      (['staging', 'production'] as const).map(
        (stage) =>
          `arn:${Aws.PARTITION}:iam::${environments?.[stage].account ?? Aws.ACCOUNT_ID}:role/${releaseNames.stageRole(stage)}`,
      ),
    );
    allow(
      role,
      'Execution',
      ['codepipeline:GetPipelineExecution', 'codepipeline:ListActionExecutions'],
      [this.pipelineArn()],
    );
    return role;
  }

  private createPipeline(): codepipeline.Pipeline {
    return new codepipeline.Pipeline(this, 'Pipeline', {
      pipelineName: releaseNames.pipeline,
      pipelineType: codepipeline.PipelineType.V2,
      executionMode: codepipeline.ExecutionMode.QUEUED,
      // A restart by CloudFormation would build the branch and not the tag; the self-mutation step starts the right one.
      restartExecutionOnUpdate: false,
      artifactBucket: this.artifacts,
      variables: [
        new codepipeline.Variable({
          variableName: releaseNames.tagVariable,
          description: 'Tag to release when the execution is not started by a push',
          defaultValue: 'none',
        }),
      ],
    });
  }

  private createSource(connectionArn: string): CodePipelineSource {
    const { repository } = this.props.config;
    return CodePipelineSource.connection(repository.name, repository.branch, {
      actionName: sourceAction,
      connectionArn,
      codeBuildCloneOutput: true,
      triggerOnPush: false,
    });
  }

  private connectionArn(): string {
    const { connection, repository } = this.props.config;
    if (connection !== undefined) return connection;
    return new CfnConnection(this, 'Connection', {
      connectionName: releaseNames.connection,
      providerType: repository.provider,
    }).attrConnectionArn;
  }

  private createPipelines(pipeline: codepipeline.Pipeline, synth: CodeBuildStep): CodePipeline {
    return new CodePipeline(this, 'Release', {
      codePipeline: pipeline,
      synth,
      selfMutation: true,
      cliVersion: pinned.cdkCli,
      cdkAssetsCliVersion: pinned.cdkAssets,
      // One project whose commands lie in the assembly: asset hashes must not change the pipeline.
      publishAssetsInParallel: false,
      codeBuildDefaults: {
        buildEnvironment: { buildImage: pinned.buildImage, computeType: codebuild.ComputeType.MEDIUM },
        partialBuildSpec: pinned.buildSpec,
      },
      assetPublishingCodeBuildDefaults: { partialBuildSpec: assetSpec() },
      selfMutationCodeBuildDefaults: { partialBuildSpec: selfMutationSpec() },
    });
  }

  private stageProps(): ReleaseStageProps {
    const { useCases, bundles, standardCode, config } = this.props;
    return { useCases, bundles, standardCode, toolingAccount: config.environments?.tooling.account };
  }

  private step(
    id: string,
    command: string,
    synthesized: Synthesized,
    options: Pick<ToolStepProps, 'timeout' | 'exports'> = {},
  ): CodeBuildStep {
    const { environments } = this.props.config;
    const accounts = { staging: environments?.staging.account, production: environments?.production.account };
    return toolStep(id, command, { ...synthesized, role: this.stepsRole, accounts, ...options });
  }

  private addStaging(pipelines: CodePipeline, synth: Synthesized): StagingStage {
    const { environments } = this.props.config;
    const stage = new StagingStage(this, {
      ...this.stageProps(),
      env: environments?.staging,
      productionAccount: environments?.production.account,
    });
    const train = this.step('Train', 'train', synth, { timeout: Duration.hours(8) });
    const deploy = this.step('DeployModel', 'deploy --stage staging', synth, { timeout: Duration.hours(2) });
    const tests = this.step('SystemTests', 'system-tests --stage staging', synth);
    pipelines.addStage(stage, { post: Step.sequence([train, deploy, tests]) });
    return stage;
  }

  private addProduction(pipelines: CodePipeline, synth: Synthesized, staging: StagingStage): void {
    const { environments } = this.props.config;
    const stage = new ProductionStage(this, {
      ...this.stageProps(),
      env: environments?.production,
      ...(environments === undefined ? { shared: staging.foundation } : { registry: environments.staging }),
    });
    const summary = this.step('Summary', 'summary', synth, { exports: 'summary.env' });
    const approval = new SummarizedApproval('Approval', {
      comment: summary.exportedVariable('SUMMARY'),
      reviewUrl: summary.exportedVariable('SUMMARY_URL'),
    });
    const deploy = this.step('PromoteModel', 'deploy --stage production', synth, { timeout: Duration.hours(3) });
    const smoke = this.step('SmokeTest', 'smoke-test --stage production', synth);
    pipelines.addStage(stage, { pre: Step.sequence([summary, approval]), post: Step.sequence([deploy, smoke]) });
  }
}
