import { AwsError } from '../../../core/errors';
import { body, list, optionalText, text, textList } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { AwsService, Body, Operation, Permission } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { parseSchedule } from '../../shared/schedule-expression';
import { tagList, tagMap } from '../../shared/tags';
import { requireTrust } from '../../shared/trust';
import { described, describedGroup, type Group, summary } from './descriptions';
import { scheduleRoutes } from './routes';
import { type Run, ScheduleRunner } from '../runtime/runs';
import { scheduleSettings, type ScheduleRecord } from '../runtime/schedule';

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
  private readonly runner: ScheduleRunner;

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

  readonly routes = scheduleRoutes;

  constructor(private readonly account: AccountParts) {
    this.schedules = account.store.collection('scheduler.schedules');
    this.groups = account.store.collection('scheduler.groups');
    this.runs = account.store.collection('scheduler.runs');
    this.runner = new ScheduleRunner(account, this.schedules, this.runs, (schedule) => {
      if (schedule.afterCompletion === 'DELETE' && this.next(schedule) === undefined) this.remove(schedule);
    });
    if (this.groups.get('default') === undefined) this.putGroup('default', {});
  }

  start(): void {
    for (const schedule of this.schedules.values()) this.arm(schedule);
    for (const run of this.runs.values())
      void this.account.clock.track(Promise.resolve().then(() => this.runner.invoke(run)));
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
    return this.runner.invoke(run);
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
