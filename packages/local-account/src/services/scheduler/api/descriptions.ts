import type { Body } from '../../../core/service';
import type { ScheduleRecord } from '../runtime/schedule';

/** A schedule group. */
export interface Group {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
}

const date = (milliseconds: number | undefined): Date | undefined =>
  milliseconds === undefined ? undefined : new Date(milliseconds);
/** What GetScheduleGroup answers. */
export const describedGroup = (group: Group): Body => ({
  Name: group.name,
  Arn: group.arn,
  State: 'ACTIVE',
  CreationDate: date(group.createdAt),
  LastModificationDate: date(group.createdAt),
});
/** What ListSchedules tells of each. */
export const summary = (schedule: ScheduleRecord): Body => ({
  Name: schedule.name,
  GroupName: schedule.group,
  Arn: schedule.arn,
  State: schedule.state,
  Target: { Arn: schedule.target.Arn },
  CreationDate: date(schedule.createdAt),
  LastModificationDate: date(schedule.modifiedAt),
});
/** What GetSchedule answers. */
export const described = (schedule: ScheduleRecord): Body => ({
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
