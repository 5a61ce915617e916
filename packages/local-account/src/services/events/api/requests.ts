import { AwsError, messageOf, Unsupported, validation } from '../../../core/errors';
import { body, optionalInstant, optionalText, text, textList } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body } from '../../../core/service';
import { parseSchedule } from '../../shared/schedule-expression';
import { isKnownTarget } from '../../shared/target';
import { envelope, type Envelope } from '../runtime/envelope';
import { inputProblems } from '../runtime/input';
import type { Rule, Target } from '../runtime/rules';
import { parseJson } from '../../../core/json';

const targetMembers = new Set([
  'Id',
  'Arn',
  'RoleArn',
  'Input',
  'InputPath',
  'InputTransformer',
  'DeadLetterConfig',
  'RetryPolicy',
  'SqsParameters',
  'SageMakerPipelineParameters',
]);

/** The event that an entry of PutEvents asks for. @throws AwsError when it may not be sent. */
export function eventOf(account: AccountParts, entry: Body): Envelope {
  const source = optionalText(entry, 'Source');
  const detailType = optionalText(entry, 'DetailType');
  if (source === undefined || source === '')
    throw new AwsError('InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.');
  if (detailType === undefined || detailType === '')
    throw new AwsError(
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    );
  if (source.startsWith('aws.'))
    throw new AwsError(
      'NotAuthorizedForSourceException',
      `Not authorized for the source '${source}': sources that start with aws. are AWS's own.`,
    );
  return envelope(account, {
    source,
    'detail-type': detailType,
    detail: parseDetail(optionalText(entry, 'Detail')),
    resources: textList(entry, 'Resources'),
    time: optionalInstant(entry, 'Time'),
  });
}

/** The event of TestEventPattern. @throws AwsError naming what is missing. */
export function testEvent(json: string): Body {
  const event = body({ Event: parseDetail(json) }, 'Event');
  const missing = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'].filter(
    (each) => !(each in event),
  );
  if (missing.length > 0) throw validation(`Parameter Event is not valid. Reason: missing ${missing.join(', ')}`);
  return event;
}

/** @throws AwsError when a rule of that bus cannot have such a schedule. */
export function checkSchedule(expression: string, bus: string): void {
  if (bus !== 'default') throw validation('ScheduleExpression is supported only on the default event bus.');
  try {
    if (parseSchedule(expression).kind === 'at') throw new Error('at(...) belongs to EventBridge Scheduler');
  } catch (error) {
    throw validation(`Parameter ScheduleExpression is not valid. ${messageOf(error)}`);
  }
}

/** Whether a rule may be in such a state. */
export const isState = (text: string): text is Rule['state'] =>
  ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'].includes(text);

/** A target of a rule, checked. @throws AwsError, Unsupported by name. */
export function checkedTarget(target: Body): Target {
  const id = text(target, 'Id');
  const arn = text(target, 'Arn');
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(id))
    throw validation(
      `1 validation error detected: Value '${id}' at 'targets.1.member.id' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+, and have length less than or equal to 64`,
    );
  const unknown = Object.keys(target).filter((each) => !targetMembers.has(each));
  if (unknown.length > 0)
    throw new Unsupported(`${unknown.join(', ')} of target ${id}`, `supported: ${[...targetMembers].join(', ')}`);
  if (!isKnownTarget(arn)) throw new Unsupported(`targets such as ${arn}`);
  const checked = { ...target, Id: id, Arn: arn } as Target;
  const problems = inputProblems(checked);
  if (problems.length > 0) throw validation(`target ${id}: ${problems.join('; ')}`);
  if (arn.includes(':sagemaker:') && checked.RoleArn === undefined)
    throw validation(`RoleArn is required for target ${arn}.`);
  for (const { Name } of checked.SageMakerPipelineParameters?.PipelineParameterList ?? [])
    if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/.test(Name))
      throw validation(
        `target ${id}: '${Name}' is not a pipeline parameter EventBridge can set; letters, digits and inner hyphens only`,
      );
  return checked;
}

function parseDetail(json: string | undefined): Body {
  try {
    return body({ Detail: parseJson(json ?? '') }, 'Detail');
  } catch {
    throw new AwsError('MalformedDetail', 'Detail is malformed: it must be JSON text of an object.');
  }
}

/** An event bus. */
export interface Bus {
  readonly name: string;
  readonly arn: string;
  readonly policy?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What DescribeRule answers. */
export function described(rule: Rule): Body {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventBusName: rule.bus,
    EventPattern: rule.pattern,
    ScheduleExpression: rule.schedule,
    State: rule.state,
    Description: rule.description,
    RoleArn: rule.roleArn,
  };
}

/** What DescribeEventBus answers. */
export function describedBus(bus: Bus): Body {
  return { Name: bus.name, Arn: bus.arn, Policy: bus.policy };
}
