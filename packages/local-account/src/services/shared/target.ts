import { parseJson } from '../../core/json';
import { AwsError, Unsupported } from '../../core/errors';
import type { AccountParts } from '../../core/module';
import type { Body, Principal } from '../../core/service';
import { nameOfArn, parseArn } from './arn';
import './peers';
import type { Source } from './resource-policy';

/** One delivery to a target of a rule or a schedule. */
export interface TargetCall {
  readonly arn: string;
  /** What the target receives: JSON text. */
  readonly input: string;
  readonly source: Source;
  /** Role the call is made as. Without one the target's own resource policy decides. */
  readonly roleArn?: string;
  /** Stays the same over retries of one delivery. */
  readonly token: string;
  readonly messageGroupId?: string;
  readonly pipelineParameters?: readonly { readonly Name: string; readonly Value: string }[];
}

/** Whether a target's ARN is of a kind the local account delivers to. */
export function isKnownTarget(arn: string): boolean {
  return kindOf(arn) !== undefined;
}

/**
 * Hands an input to a target.
 *
 * @throws AwsError what the target's API answered, AccessDenied when role or resource policy do not allow it
 */
export async function invokeTarget(account: AccountParts, target: TargetCall): Promise<void> {
  const kind = kindOf(target.arn);
  if (kind === undefined)
    throw new Unsupported(`targets such as ${target.arn}`, `known kinds: ${Object.keys(deliverers).join(', ')}`);
  await deliverers[kind](
    account,
    target,
    target.roleArn === undefined ? undefined : account.iam.roleByArn(target.roleArn),
  );
}

type Deliverer = (account: AccountParts, target: TargetCall, role: Principal | undefined) => Promise<unknown> | unknown;
type Kind =
  | 'lambda function'
  | 'sns topic'
  | 'sqs queue'
  | 'sagemaker pipeline'
  | 'event bus'
  | 'log group'
  | 'codepipeline pipeline';

const deliverers: Readonly<Record<Kind, Deliverer>> = {
  'lambda function': (account, { arn, input, source }, role) =>
    role === undefined
      ? account.peer('functions').invokeFor(source, arn, input)
      : account.call(
          'lambda',
          'Invoke',
          { FunctionName: arn, InvocationType: 'Event', Payload: Buffer.from(input) },
          role,
        ),
  'sns topic': (account, { arn, input, source }, role) =>
    role === undefined
      ? account.peer('topics').publishFor(source, { topicArn: arn, message: input })
      : account.call('sns', 'Publish', { TopicArn: arn, Message: input }, role),
  'sqs queue': (account, { arn, input, source, messageGroupId, token }, role) =>
    role === undefined
      ? account.peer('queues').sendFor(source, arn, input, {
          groupId: messageGroupId,
          deduplicationId: messageGroupId === undefined ? undefined : token,
        })
      : account.call(
          'sqs',
          'SendMessage',
          {
            QueueUrl: `/${account.accountId}/${nameOfArn(arn)}`,
            MessageBody: input,
            ...(messageGroupId === undefined ? {} : { MessageGroupId: messageGroupId, MessageDeduplicationId: token }),
          },
          role,
        ),
  'sagemaker pipeline': (account, target, role) =>
    account.call('sagemaker', 'StartPipelineExecution', pipelineStart(target), required(role, target)),
  'codepipeline pipeline': (account, { arn, ...target }, role) =>
    account.call(
      'codepipeline',
      'StartPipelineExecution',
      { name: nameOfArn(arn) },
      required(role, { arn, ...target }),
    ),
  'event bus': (account, target, role) => {
    const event = parseJson(target.input) as Body;
    const entry = {
      EventBusName: target.arn,
      Source: event.source,
      DetailType: event['detail-type'],
      Detail: JSON.stringify(event.detail ?? {}),
      Resources: event.resources,
    };
    return account.call('events', 'PutEvents', { Entries: [entry] }, required(role, target));
  },
  'log group': (account, { arn, input, token }) =>
    account.logs.append(
      parseArn(arn)
        .resource.replace(/^log-group:/, '')
        .replace(/:\*$/, ''),
      token,
      [input],
    ),
};

function kindOf(arn: string): Kind | undefined {
  const { service, resource } = parseArn(arn);
  if (service === 'lambda' && resource.startsWith('function:')) return 'lambda function';
  if (service === 'sns') return 'sns topic';
  if (service === 'sqs') return 'sqs queue';
  if (service === 'sagemaker' && resource.startsWith('pipeline/')) return 'sagemaker pipeline';
  if (service === 'events' && resource.startsWith('event-bus/')) return 'event bus';
  if (service === 'logs' && resource.startsWith('log-group:')) return 'log group';
  return service === 'codepipeline' ? 'codepipeline pipeline' : undefined;
}

function pipelineStart(target: TargetCall): Body {
  return {
    PipelineName: nameOfArn(target.arn),
    ClientRequestToken: target.token,
    ...(target.pipelineParameters === undefined ? {} : { PipelineParameters: target.pipelineParameters }),
  };
}

function required(role: Principal | undefined, target: Pick<TargetCall, 'arn'>): Principal {
  if (role === undefined) throw new AwsError('ValidationException', `RoleArn is required for target ${target.arn}`);
  return role;
}

/** Whether trying again can help. What the account refuses stays refused, so only congestion counts. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof AwsError &&
    /Thrott|TooManyRequests|ServiceUnavailable|ResourceLimitExceeded|ConcurrentModification/.test(error.code)
  );
}
