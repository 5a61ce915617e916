import { AwsError, messageOf } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import type { Body } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { countMetrics } from '../../shared/count-metrics';
import { nextRetry } from '../../shared/retry';
import { invokeTarget, isTransient } from '../../shared/target';
import type { ScheduleRecord } from './schedule';
import { universalTarget, withContext } from './universal';

declare module '../../../core/trace' {
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

/** An occurrence on its way to the target. On disk until it is through. */
export interface Run {
  readonly id: string;
  readonly schedule: string;
  readonly scheduledAt: number;
  readonly executionId: string;
  readonly retries: number;
}

/** Brings occurrences of schedules to their targets. */
export class ScheduleRunner {
  /** @param finished called after each occurrence */
  constructor(
    private readonly account: AccountParts,
    private readonly schedules: Collection<ScheduleRecord>,
    private readonly runs: Collection<Run>,
    private readonly finished: (schedule: ScheduleRecord) => void,
  ) {}

  /** Calls the target; tries again, or buries it in the dead-letter queue. */
  async invoke(run: Run): Promise<void> {
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
    this.finished(schedule);
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
}
