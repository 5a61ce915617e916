import { messageOf, Unsupported, validation } from '../../../core/errors';
import { body, isBody, optionalInstant, optionalText, text } from '../../../core/input';
import type { Body } from '../../../core/service';
import type { RetryPolicy } from '../../shared/retry';
import { parseSchedule } from '../../shared/schedule-expression';
import { isKnownTarget } from '../../shared/target';
import { requireTimeZone } from '../../shared/time-zone';
import { parseJson } from '../../../core/json';
import { universalTarget } from './universal';

/** A schedule's target as the API takes it. */
export interface ScheduleTarget {
  readonly Arn: string;
  readonly RoleArn: string;
  readonly Input?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly RetryPolicy?: RetryPolicy;
  readonly SqsParameters?: { readonly MessageGroupId?: string };
  readonly SageMakerPipelineParameters?: {
    readonly PipelineParameterList?: readonly { readonly Name: string; readonly Value: string }[];
  };
  readonly EventBridgeParameters?: { readonly DetailType: string; readonly Source: string };
}

/** A stored schedule. Times in milliseconds. */
export interface ScheduleRecord {
  readonly name: string;
  readonly group: string;
  readonly arn: string;
  readonly expression: string;
  readonly timeZone: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly description?: string;
  readonly start?: number;
  readonly end?: number;
  readonly flexible: { readonly Mode: 'OFF' };
  readonly target: ScheduleTarget;
  readonly afterCompletion: 'NONE' | 'DELETE';
  readonly kmsKeyArn?: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

const targetMembers = [
  'Arn',
  'RoleArn',
  'Input',
  'DeadLetterConfig',
  'RetryPolicy',
  'SqsParameters',
  'SageMakerPipelineParameters',
  'EventBridgeParameters',
];

/**
 * What CreateSchedule and UpdateSchedule carry, checked.
 *
 * @throws AwsError ValidationException listing what is wrong, or Unsupported by name
 */
export function scheduleSettings(
  input: Body,
): Omit<ScheduleRecord, 'name' | 'group' | 'arn' | 'createdAt' | 'modifiedAt'> {
  const expression = text(input, 'ScheduleExpression');
  const timeZone = optionalText(input, 'ScheduleExpressionTimezone') ?? 'UTC';
  try {
    requireTimeZone(timeZone);
    parseSchedule(expression, timeZone);
  } catch (error) {
    throw validation(`Invalid Schedule Expression ${expression}. ${messageOf(error)}`);
  }
  const window = body(input, 'FlexibleTimeWindow');
  if (window.Mode !== 'OFF')
    throw new Unsupported(
      `FlexibleTimeWindow.Mode ${JSON.stringify(window.Mode)}`,
      'use OFF: the local account fires exactly on time',
    );
  const state = optionalText(input, 'State') ?? 'ENABLED';
  if (state !== 'ENABLED' && state !== 'DISABLED')
    throw validation(`'State' is '${state}'; allowed: ENABLED, DISABLED`);
  const afterCompletion = optionalText(input, 'ActionAfterCompletion') ?? 'NONE';
  if (afterCompletion !== 'NONE' && afterCompletion !== 'DELETE')
    throw validation(`'ActionAfterCompletion' is '${afterCompletion}'; allowed: NONE, DELETE`);
  const [start, end] = [optionalInstant(input, 'StartDate')?.getTime(), optionalInstant(input, 'EndDate')?.getTime()];
  if (start !== undefined && end !== undefined && end <= start)
    throw validation('The EndDate you specify must come after the StartDate.');
  return {
    expression,
    timeZone,
    state,
    afterCompletion,
    start,
    end,
    flexible: { Mode: 'OFF' },
    target: checkedTarget(body(input, 'Target')),
    description: optionalText(input, 'Description'),
    kmsKeyArn: optionalText(input, 'KmsKeyArn'),
  };
}

function checkedTarget(target: Body): ScheduleTarget {
  const unknown = Object.keys(target).filter((each) => !targetMembers.includes(each));
  if (unknown.length > 0)
    throw new Unsupported(`${unknown.join(', ')} of a schedule's target`, `supported: ${targetMembers.join(', ')}`);
  const arn = text(target, 'Arn');
  const roleArn = text(target, 'RoleArn');
  const universal = universalTarget(arn);
  if (universal === undefined && !isKnownTarget(arn)) throw new Unsupported(`schedule targets such as ${arn}`);
  if (universal !== undefined) {
    const { operation } = universal;
    if (/^(Get|Describe|List)/.test(operation))
      throw validation(`${arn} is not supported as a target: universal targets take no read-only operations`);
    if (!isJsonObject(optionalText(target, 'Input') ?? '{}'))
      throw validation(`Input of target ${arn} must be a JSON object: the members of ${operation}`);
  }
  return { ...target, Arn: arn, RoleArn: roleArn } as ScheduleTarget;
}

function isJsonObject(json: string): boolean {
  try {
    return isBody(parseJson(json));
  } catch {
    return false;
  }
}
