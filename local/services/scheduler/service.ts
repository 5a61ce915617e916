import { AwsError, messageOf } from '../../core/errors';
import { body, list, optionalText, text, textList } from '../../core/input';
import type { AccountParts } from '../../core/module';
import type { AwsService, Body, Operation, Permission, Route } from '../../core/service';
import type { Collection } from '../../core/store';
import { countMetrics } from '../shared/count-metrics';
import { nextRetry } from '../shared/retry';
import { parseSchedule } from '../shared/schedule-expression';
import { tagList, tagMap } from '../shared/tags';
import { invokeTarget, isTransient } from '../shared/target';
import { requireTrust } from '../shared/trust';
import { scheduleSettings, type ScheduleRecord } from './schedule';
import { universalTarget, withContext } from './universal';

declare module '../../core/trace' {
  interface TraceEvents {
    'schedule.fired': { readonly schedule: string; readonly scheduledTime: string; readonly target: string };
    'schedule.failed': {
      readonly schedule: string;
      readonly scheduledTime: string;
      readonly target: string;
      readonly error: string;
    };
  }
}

interface Group {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** An occurrence on its way to the target. On disk until it is through. */
interface Run {
  readonly id: string;
  readonly schedule: string;
  readonly scheduledAt: number;
  readonly executionId: string;
  readonly retries: number;
}

const key = (group: string, name: string): string => `${group}/${name}`;

/**
 * EventBridge Scheduler.
 *
 * A rate without StartDate counts from the schedule's creation and fires first one period later, as EventBridge rules do and
 * as a schedule that was just deployed needs (AWS starts such a schedule at once); with a StartDate it fires then.
 */
export class Scheduler implements AwsService {
  readonly signingName = 'scheduler';
  private readonly schedules: Collection<ScheduleRecord>;
  private readonly groups: Collection<Group>;
  private readonly runs: Collection<Run>;
  private readonly timers = new Map<string, () => void>();

  readonly operations: Readonly<Record<string, Operation>> = {
    CreateSchedule: (input) => this.create(input),
    UpdateSchedule: (input) => this.update(input),
    GetSchedule: (input) => described(this.schedule(input)),
    DeleteSchedule: (input) => this.remove(this.schedule(input)),
    ListSchedules: (input) => ({ Schedules: this.listed(input).map(summary) }),
    CreateScheduleGroup: (input) => this.createGroup(input),
    GetScheduleGroup: (input) => describedGroup(this.group(text(input, 'Name'))),
    DeleteScheduleGroup: (input) => this.deleteGroup(this.group(text(input, 'Name'))),
    ListScheduleGroups: (input) => ({
      ScheduleGroups: this.groups
        .values()
        .filter((each) => each.name.startsWith(optionalText(input, 'NamePrefix') ?? ''))
        .map(describedGroup),
    }),
    ListTagsForResource: (input) => ({ Tags: tagList(this.groupByArn(text(input, 'ResourceArn')).tags) }),
    TagResource: (input) => {
      const group = this.groupByArn(text(input, 'ResourceArn'));
      this.groups.put(group.name, { ...group, tags: { ...group.tags, ...tagMap(list(input, 'Tags')) } });
    },
    UntagResource: (input) => {
      const group = this.groupByArn(text(input, 'ResourceArn'));
      const removed = new Set(textList(input, 'TagKeys'));
      this.groups.put(group.name, {
        ...group,
        tags: Object.fromEntries(Object.entries(group.tags).filter(([name]) => !removed.has(name))),
      });
    },
  };

  readonly routes: readonly Route[] = [
    { method: 'POST', path: '/schedules/{Name}', operation: 'CreateSchedule' },
    { method: 'PUT', path: '/schedules/{Name}', operation: 'UpdateSchedule' },
    { method: 'GET', path: '/schedules/{Name}', operation: 'GetSchedule', query: { GroupName: 'groupName' } },
    {
      method: 'DELETE',
      path: '/schedules/{Name}',
      operation: 'DeleteSchedule',
      query: { GroupName: 'groupName', ClientToken: 'clientToken' },
    },
    {
      method: 'GET',
      path: '/schedules',
      operation: 'ListSchedules',
      query: {
        GroupName: 'ScheduleGroup',
        NamePrefix: 'NamePrefix',
        State: 'State',
        MaxResults: 'MaxResults',
        NextToken: 'NextToken',
      },
    },
    { method: 'POST', path: '/schedule-groups/{Name}', operation: 'CreateScheduleGroup' },
    { method: 'GET', path: '/schedule-groups/{Name}', operation: 'GetScheduleGroup' },
    {
      method: 'DELETE',
      path: '/schedule-groups/{Name}',
      operation: 'DeleteScheduleGroup',
      query: { ClientToken: 'clientToken' },
    },
    {
      method: 'GET',
      path: '/schedule-groups',
      operation: 'ListScheduleGroups',
      query: { NamePrefix: 'NamePrefix', MaxResults: 'MaxResults', NextToken: 'NextToken' },
    },
    { method: 'GET', path: '/tags/{ResourceArn}', operation: 'ListTagsForResource' },
    { method: 'POST', path: '/tags/{ResourceArn}', operation: 'TagResource' },
    { method: 'DELETE', path: '/tags/{ResourceArn}', operation: 'UntagResource', query: { TagKeys: 'TagKeys' } },
  ];

  constructor(private readonly account: AccountParts) {
    this.schedules = account.store.collection('scheduler.schedules');
    this.groups = account.store.collection('scheduler.groups');
    this.runs = account.store.collection('scheduler.runs');
    if (this.groups.get('default') === undefined) this.putGroup('default', {});
  }

  start(): void {
    for (const schedule of this.schedules.values()) this.arm(schedule);
    for (const run of this.runs.values()) void this.account.clock.track(Promise.resolve().then(() => this.invoke(run)));
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const name = optionalText(input, 'Name');
    const group = optionalText(input, 'GroupName') ?? 'default';
    const resource = /Group$/.test(operation) ? `schedule-group/${name ?? '*'}` : `schedule/${group}/${name ?? '*'}`;
    const role = optionalText(body(input, 'Target'), 'RoleArn');
    const passing: readonly Permission[] =
      role === undefined
        ? []
        : [{ action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': 'scheduler.amazonaws.com' } }];
    return [{ action: `scheduler:${operation}`, resource: this.account.arn('scheduler', resource) }, ...passing];
  }

  private async create(input: Body): Promise<Body> {
    const name = text(input, 'Name');
    const group = this.group(optionalText(input, 'GroupName') ?? 'default').name;
    if (!/^[0-9a-zA-Z\-_.]{1,64}$/.test(name))
      throw new AwsError('ValidationException', `'${name}' is not a schedule name; 1 to 64 of letters, digits, - _ .`);
    if (this.schedules.get(key(group, name)) !== undefined)
      throw new AwsError('ConflictException', `Schedule ${name} already exists.`, 409);
    const now = this.account.clock.now().getTime();
    return this.save({
      ...scheduleSettings(input),
      name,
      group,
      arn: this.account.arn('scheduler', `schedule/${group}/${name}`),
      createdAt: now,
      modifiedAt: now,
    });
  }

  private async update(input: Body): Promise<Body> {
    const before = this.schedule(input);
    const settings = scheduleSettings(input);
    const now = this.account.clock.now().getTime();
    const sameRhythm =
      settings.expression === before.expression && settings.start === before.start && settings.state === before.state;
    return this.save({
      ...settings,
      name: before.name,
      group: before.group,
      arn: before.arn,
      createdAt: sameRhythm ? before.createdAt : now,
      modifiedAt: now,
    });
  }

  private async save(schedule: ScheduleRecord): Promise<Body> {
    const source = { service: 'scheduler.amazonaws.com', arn: this.group(schedule.group).arn };
    await requireTrust(this.account, schedule.target.RoleArn, source);
    this.schedules.put(key(schedule.group, schedule.name), schedule);
    this.arm(schedule);
    return { ScheduleArn: schedule.arn };
  }

  private remove(schedule: ScheduleRecord): void {
    this.timers.get(key(schedule.group, schedule.name))?.();
    this.timers.delete(key(schedule.group, schedule.name));
    this.schedules.delete(key(schedule.group, schedule.name));
  }

  private arm(schedule: ScheduleRecord): void {
    const id = key(schedule.group, schedule.name);
    this.timers.get(id)?.();
    this.timers.delete(id);
    const next = this.next(schedule);
    if (next === undefined) return;
    const cancel = this.account.clock.at(next, `schedule ${schedule.name}`, () => this.fire(schedule, next));
    this.timers.set(id, cancel);
  }

  private next(schedule: ScheduleRecord): Date | undefined {
    if (schedule.state === 'DISABLED') return undefined;
    const { kind, next } = parseSchedule(schedule.expression, schedule.timeZone);
    const now = this.account.clock.now().getTime();
    const start = kind === 'at' ? undefined : schedule.start;
    const found = next(
      new Date(Math.max(now, (start ?? 0) - 1)),
      new Date(start ?? schedule.createdAt),
      start !== undefined,
    );
    return found !== undefined && kind !== 'at' && schedule.end !== undefined && found.getTime() > schedule.end
      ? undefined
      : found;
  }

  private fire(schedule: ScheduleRecord, scheduledAt: Date): Promise<void> {
    const run: Run = {
      id: this.account.newId(),
      schedule: key(schedule.group, schedule.name),
      scheduledAt: scheduledAt.getTime(),
      executionId: this.account.newId().replaceAll('-', '').slice(0, 16),
      retries: 0,
    };
    this.runs.put(run.id, run);
    this.arm(schedule);
    return this.invoke(run);
  }

  private async invoke(run: Run): Promise<void> {
    const schedule = this.schedules.get(run.schedule);
    if (schedule === undefined) {
      this.runs.delete(run.id);
      return;
    }
    const facts = {
      schedule: schedule.name,
      scheduledTime: new Date(run.scheduledAt).toISOString(),
      target: schedule.target.Arn,
    };
    try {
      this.count(schedule, { InvocationAttemptCount: 1 });
      await this.call(schedule, run);
      this.account.trace.emit('schedule.fired', facts);
    } catch (error) {
      this.count(schedule, { TargetErrorCount: 1 });
      const wait = isTransient(error)
        ? nextRetry(
            schedule.target.RetryPolicy ?? {},
            run.retries,
            this.account.clock.now().getTime() - run.scheduledAt,
          )
        : undefined;
      if (typeof wait === 'number') {
        const again = { ...run, retries: run.retries + 1 };
        this.runs.put(run.id, again);
        this.account.clock.after(wait, `retry ${schedule.name}`, () => this.invoke(again));
        return;
      }
      this.count(schedule, { InvocationDroppedCount: 1 });
      const buried = await this.bury(schedule, run, error);
      this.account.trace.emit('schedule.failed', { ...facts, error: `${messageOf(error)}${buried}` });
    }
    this.runs.delete(run.id);
    if (schedule.afterCompletion === 'DELETE' && this.next(schedule) === undefined) this.remove(schedule);
  }

  private count(schedule: ScheduleRecord, counts: Readonly<Record<string, number>>): void {
    countMetrics(this.account, 'AWS/Scheduler', { ScheduleGroup: schedule.group }, counts);
  }

  private async call(schedule: ScheduleRecord, run: Run): Promise<void> {
    const { target } = schedule;
    const input = this.input(schedule, run);
    const universal = universalTarget(target.Arn);
    if (universal !== undefined) {
      await this.account.call(
        universal.service,
        universal.operation,
        JSON.parse(input) as Body,
        this.account.iam.roleByArn(target.RoleArn),
      );
      return;
    }
    const bus = target.EventBridgeParameters;
    await invokeTarget(this.account, {
      arn: target.Arn,
      input:
        bus === undefined
          ? input
          : JSON.stringify({ source: bus.Source, 'detail-type': bus.DetailType, detail: JSON.parse(input) as unknown }),
      source: { service: 'scheduler.amazonaws.com', arn: schedule.arn },
      roleArn: target.RoleArn,
      token: run.id,
      messageGroupId: target.SqsParameters?.MessageGroupId,
      pipelineParameters: target.SageMakerPipelineParameters?.PipelineParameterList?.map(({ Name, Value }) => ({
        Name,
        Value: this.filled(Value, schedule, run),
      })),
    });
  }

  private input(schedule: ScheduleRecord, run: Run): string {
    return this.filled(schedule.target.Input ?? '{}', schedule, run);
  }

  private filled(value: string, schedule: ScheduleRecord, run: Run): string {
    return withContext(value, {
      scheduleArn: schedule.arn,
      scheduledTime: new Date(run.scheduledAt),
      executionId: run.executionId,
      attempt: run.retries + 1,
    });
  }

  /** The dead letter goes out as the schedule's role, as on AWS; returns what went wrong with that. */
  private async bury(schedule: ScheduleRecord, run: Run, cause: unknown): Promise<string> {
    const queue = schedule.target.DeadLetterConfig?.Arn;
    if (queue === undefined) return '';
    const attribute = (value: string): Body => ({ DataType: 'String', StringValue: value });
    try {
      const input = {
        QueueUrl: `/${this.account.accountId}/${queue.split(':').at(-1) ?? ''}`,
        MessageBody: this.input(schedule, run),
        MessageAttributes: {
          ERROR_CODE: attribute(cause instanceof AwsError ? cause.code : 'InternalError'),
          ERROR_MESSAGE: attribute(messageOf(cause)),
          SCHEDULE_ARN: attribute(schedule.arn),
          TARGET_ARN: attribute(schedule.target.Arn),
        },
      };
      await this.account.call('sqs', 'SendMessage', input, this.account.iam.roleByArn(schedule.target.RoleArn));
      this.count(schedule, { InvocationsSentToDeadLetterCount: 1 });
      return '';
    } catch (error) {
      return `; the dead-letter queue did not take it either: ${messageOf(error)}`;
    }
  }

  private createGroup(input: Body): Body {
    const name = text(input, 'Name');
    if (this.groups.get(name) !== undefined)
      throw new AwsError('ConflictException', `Schedule group ${name} already exists.`, 409);
    return { ScheduleGroupArn: this.putGroup(name, tagMap(list(input, 'Tags'))).arn };
  }

  private putGroup(name: string, tags: Readonly<Record<string, string>>): Group {
    const group: Group = {
      name,
      arn: this.account.arn('scheduler', `schedule-group/${name}`),
      createdAt: this.account.clock.now().getTime(),
      tags,
    };
    this.groups.put(name, group);
    return group;
  }

  /** Deletes its schedules too. */
  private deleteGroup(group: Group): void {
    if (group.name === 'default')
      throw new AwsError('ValidationException', 'The default schedule group cannot be deleted.');
    for (const schedule of this.schedules.values()) if (schedule.group === group.name) this.remove(schedule);
    this.groups.delete(group.name);
  }

  private schedule(input: Body): ScheduleRecord {
    const [group, name] = [optionalText(input, 'GroupName') ?? 'default', text(input, 'Name')];
    const schedule = this.schedules.get(key(group, name));
    if (schedule === undefined)
      throw new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, 404);
    return schedule;
  }

  private group(name: string): Group {
    const group = this.groups.get(name);
    if (group === undefined)
      throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, 404);
    return group;
  }

  private groupByArn(arn: string): Group {
    return this.group(arn.split('/').at(-1) ?? '');
  }

  private listed(input: Body): readonly ScheduleRecord[] {
    const [group, state] = [optionalText(input, 'GroupName'), optionalText(input, 'State')];
    return this.schedules
      .values()
      .filter(
        (each) =>
          each.name.startsWith(optionalText(input, 'NamePrefix') ?? '') &&
          (group === undefined || each.group === group) &&
          (state === undefined || each.state === state),
      );
  }
}

const date = (milliseconds: number | undefined): Date | undefined =>
  milliseconds === undefined ? undefined : new Date(milliseconds);
const describedGroup = (group: Group): Body => ({
  Name: group.name,
  Arn: group.arn,
  State: 'ACTIVE',
  CreationDate: date(group.createdAt),
  LastModificationDate: date(group.createdAt),
});
const summary = (schedule: ScheduleRecord): Body => ({
  Name: schedule.name,
  GroupName: schedule.group,
  Arn: schedule.arn,
  State: schedule.state,
  Target: { Arn: schedule.target.Arn },
  CreationDate: date(schedule.createdAt),
  LastModificationDate: date(schedule.modifiedAt),
});
const described = (schedule: ScheduleRecord): Body => ({
  ...summary(schedule),
  ScheduleExpression: schedule.expression,
  ScheduleExpressionTimezone: schedule.timeZone,
  Description: schedule.description,
  StartDate: date(schedule.start),
  EndDate: date(schedule.end),
  FlexibleTimeWindow: schedule.flexible,
  Target: schedule.target,
  ActionAfterCompletion: schedule.afterCompletion,
  KmsKeyArn: schedule.kmsKeyArn,
});
