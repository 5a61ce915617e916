import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { AwsError, messageOf, Unsupported } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import { bodies, isBody } from '../../../core/input';
import type { Body, Principal } from '../../../core/service';
import { cloneArtifact, variablesOf } from '../../codebuild';
import { parseJson } from '../../../core/json';
import type { ActionDeclaration, Structure } from './structure';

/** The result of an action. */
export interface Outcome {
  readonly variables?: Readonly<Record<string, string>>;
  readonly summary?: string;
  readonly externalId?: string;
}

export interface ActionContext {
  readonly executionId: string;
  readonly structure: Structure;
  readonly action: ActionDeclaration;
  /** With variables resolved. */
  readonly configuration: Readonly<Record<string, string>>;
  readonly revision?: string;
  readonly tag?: string;
  /** Notes the id under which the work can be looked at while it runs. */
  readonly note: (externalId: string) => void;
}

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Does the work of actions, as the role that the action names. */
export class Actions {
  constructor(private readonly account: AccountParts) {}

  /** @throws AwsError with the reason when the action fails. */
  run(context: ActionContext): Promise<Outcome> {
    switch (context.action.provider) {
      case 'CodeStarSourceConnection':
        return this.source(context);
      case 'CodeBuild':
        return this.build(context);
      case 'CloudFormation':
        return this.deploy(context);
      default:
        throw new Unsupported(`pipeline actions of provider ${context.action.provider}`);
    }
  }

  /** S3 key of an artifact; names are shortened as CodePipeline does. */
  private keyOf({ structure, executionId }: ActionContext, artifact: string): string {
    const id = createHash('sha256').update(`${executionId} ${artifact}`).digest('hex').slice(0, 7);
    return `${structure.name.slice(0, 20)}/${artifact.slice(0, 10)}/${id}`;
  }

  /** The action's role, which the pipeline's role must be allowed to assume. */
  private actor({ structure, action }: ActionContext): Principal {
    const pipeline = this.account.iam.roleByArn(structure.roleArn);
    if (action.roleArn === undefined) return pipeline;
    this.account.iam.authorize(pipeline, [{ action: 'sts:AssumeRole', resource: action.roleArn }]);
    return this.account.iam.roleByArn(action.roleArn);
  }

  private async source(context: ActionContext): Promise<Outcome> {
    const { configuration, action, structure, revision, tag } = context;
    const { ConnectionArn = '', FullRepositoryId: repository = '', BranchName: branch = '' } = configuration;
    const actor = this.actor(context);
    this.account.iam.authorize(actor, [
      { action: `${ConnectionArn.split(':')[2] ?? ''}:UseConnection`, resource: ConnectionArn },
    ]);
    const { status } = this.account.peer('connections').get(ConnectionArn);
    if (status !== 'AVAILABLE')
      throw new AwsError(
        'ConnectionNotAvailable',
        `the connection ${ConnectionArn} is ${status}; complete it in the console`,
      );
    if (configuration['OutputArtifactFormat'] !== 'CODEBUILD_CLONE_REF')
      throw new Unsupported(
        'source artifacts without a full clone',
        'OutputArtifactFormat CODEBUILD_CLONE_REF is supported',
      );
    const repositories = this.account.peer('repositories');
    const commit = await repositories.commit(repository, revision ?? `refs/heads/${branch}`);
    for (const output of action.outputs) {
      const key = this.keyOf(context, output);
      this.account.iam.authorize(actor, this.account.s3.permissions('s3:PutObject', structure.bucket, key));
      this.account.s3.put(
        structure.bucket,
        key,
        Buffer.from(cloneArtifact({ repository, commit: commit.id, connection: ConnectionArn })),
      );
    }
    return {
      externalId: commit.id,
      summary: commit.message,
      variables: {
        BranchName: branch,
        CommitId: commit.id,
        CommitMessage: commit.message,
        AuthorDate: commit.date,
        AuthorDisplayName: commit.author,
        ConnectionArn,
        FullRepositoryName: repository,
        ...(tag === undefined ? {} : { TagName: tag }),
      },
    };
  }

  private async build(context: ActionContext): Promise<Outcome> {
    const { configuration, action, structure } = context;
    const codebuild = this.account.peer('codebuild');
    const project = codebuild.project(configuration['ProjectName'] ?? '');
    for (const operation of ['StartBuild', 'BatchGetBuilds'])
      this.account.iam.authorize(this.actor(context), [{ action: `codebuild:${operation}`, resource: project.arn }]);
    const given: unknown = parseJson(configuration['EnvironmentVariables'] ?? '[]');
    const names = [...action.inputs];
    const primary = configuration['PrimarySource'];
    if (primary !== undefined) names.sort((a, b) => Number(b === primary) - Number(a === primary));
    if (action.outputs.length > 1) throw new Unsupported(`several outputs of one build (${action.name})`);
    const [output] = action.outputs;
    const { build, ended } = codebuild.builds.begin({
      project,
      initiator: `codepipeline/${structure.name}`,
      variables: variablesOf(bodies({ given }, 'given'), 'name'),
      inputs: names.map((name) => ({ bucket: structure.bucket, key: this.keyOf(context, name) })),
      ...(output === undefined ? {} : { output: { bucket: structure.bucket, key: this.keyOf(context, output) } }),
    });
    context.note(build.id);
    const { status, reason, exported } = await ended;
    if (status !== 'SUCCEEDED')
      throw new AwsError(
        'JobFailed',
        `Build terminated with state: ${status}. ${reason ?? ''} (log ${project.logGroup}, ${build.logStream})`,
      );
    return { externalId: build.id, variables: exported };
  }

  private async deploy(context: ActionContext): Promise<Outcome> {
    const { configuration } = context;
    const actor = this.actor(context);
    const call = (operation: string, input: Body): Promise<Body> =>
      this.account.call('cloudformation', operation, input, actor);
    switch (configuration['ActionMode']) {
      case 'CHANGE_SET_REPLACE':
        return this.prepare(context, actor, call);
      case 'CHANGE_SET_EXECUTE':
        return this.execute(context, call);
      default:
        throw new Unsupported(`CloudFormation actions of mode ${configuration['ActionMode'] ?? 'none'}`);
    }
  }

  private async prepare(context: ActionContext, actor: Principal, call: Call): Promise<Outcome> {
    const { configuration } = context;
    const { StackName = '', ChangeSetName = '', TemplatePath = '' } = configuration;
    const status = await stackStatus(call, StackName);
    const fresh = status === undefined || status === 'REVIEW_IN_PROGRESS';
    await call('DeleteChangeSet', { StackName, ChangeSetName }).catch(() => undefined);
    await call('CreateChangeSet', {
      StackName,
      ChangeSetName,
      ChangeSetType: fresh ? 'CREATE' : 'UPDATE',
      TemplateBody: this.template(context, actor, TemplatePath),
      Capabilities: (configuration['Capabilities'] ?? '').split(',').filter((each) => each !== ''),
      ...(configuration['RoleArn'] === undefined ? {} : { RoleARN: configuration['RoleArn'] }),
    });
    for (;;) {
      const described = await call('DescribeChangeSet', { StackName, ChangeSetName });
      const reason = String(described['StatusReason'] ?? '');
      if (described['Status'] === 'CREATE_COMPLETE') return { externalId: `${StackName}/${ChangeSetName}` };
      if (described['Status'] === 'FAILED') {
        if (/no updates|didn't contain changes/i.test(reason)) return { summary: 'no changes' };
        throw new AwsError('ActionFailed', `the change set of ${StackName} failed: ${reason}`);
      }
      await pause(50);
    }
  }

  private async execute({ configuration }: ActionContext, call: Call): Promise<Outcome> {
    const { StackName = '', ChangeSetName = '' } = configuration;
    const described = await call('DescribeChangeSet', { StackName, ChangeSetName });
    if (described['Status'] === 'FAILED') return { summary: 'no changes' };
    await call('ExecuteChangeSet', { StackName, ChangeSetName });
    for (;;) {
      const status = (await stackStatus(call, StackName)) ?? '';
      if (/^(CREATE|UPDATE)_COMPLETE$/.test(status)) return { summary: status };
      if (!/IN_PROGRESS/.test(status))
        throw new AwsError('ActionFailed', `${StackName} is ${status}: ${await failureOf(call, StackName)}`);
      await pause(100);
    }
  }

  private template(context: ActionContext, actor: Principal, path: string): string {
    const [artifact = '', file = ''] = path.split('::');
    const { bucket } = context.structure;
    const key = this.keyOf(context, artifact);
    this.account.iam.authorize(actor, this.account.s3.permissions('s3:GetObject', bucket, key));
    const content = unzipSync(this.account.s3.read(bucket, key), { filter: ({ name }) => name === file })[file];
    if (content === undefined) throw new AwsError('ActionFailed', `the artifact ${artifact} holds no ${file}`);
    return Buffer.from(content).toString();
  }
}

type Call = (operation: string, input: Body) => Promise<Body>;

async function stackStatus(call: Call, StackName: string): Promise<string | undefined> {
  try {
    const { Stacks } = await call('DescribeStacks', { StackName });
    const [stack] = bodies({ Stacks }, 'Stacks');
    return stack === undefined ? undefined : String(stack['StackStatus']);
  } catch (error) {
    if (/does not exist/.test(messageOf(error))) return undefined;
    throw error;
  }
}

/** The first thing that failed in a stack's last change. */
async function failureOf(call: Call, StackName: string): Promise<string> {
  const { StackEvents } = await call('DescribeStackEvents', { StackName });
  const events = Array.isArray(StackEvents) ? StackEvents.filter(isBody) : [];
  const failed = events.filter(({ ResourceStatus }) => /FAILED$/.test(String(ResourceStatus)));
  const reason = failed.find(({ ResourceStatusReason }) => !/cancelled/i.test(String(ResourceStatusReason)));
  return reason === undefined
    ? 'no reason on record'
    : `${String(reason['LogicalResourceId'])}: ${String(reason['ResourceStatusReason'])}`;
}
