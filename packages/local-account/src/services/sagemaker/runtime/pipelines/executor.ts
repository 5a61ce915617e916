import { messageOf } from '../../../../core/errors';
import type { Definition } from './definition/definition';
import { parseDefinition } from './definition/definition';
import type { ExecutionRecord, StepRecord } from './execution-record';
import { ExecutionRun } from './execution-run';
import type { RunObserver, RunParts } from './execution-run';
import type { StepOutcome } from './step-runner';

const interrupted = 'the local account was stopped while this ran; start or retry the execution';

/** Starts, stops and remembers executions. */
export class Executor {
  private readonly runs = new Map<string, ExecutionRun>();

  constructor(
    private readonly parts: Omit<RunParts, 'observer'> & { readonly observer: Omit<RunObserver, 'finished'> },
  ) {}

  /** Takes up an execution whose record is written; its steps run after this returns. */
  start(record: ExecutionRecord): void {
    const { observer } = this.parts;
    observer.executionChanged(record, undefined);
    try {
      const run = new ExecutionRun(
        { ...this.parts, observer: { ...bound(observer), finished: (arn) => this.runs.delete(arn) } },
        record,
        this.definitionOf(record),
      );
      this.runs.set(record.arn, run);
      void this.parts.account.clock.track(Promise.resolve().then(() => run.pump()));
    } catch (error) {
      this.fail(record, `ClientError: ${messageOf(error)}`);
    }
  }

  stop(arn: string): void {
    this.runs.get(arn)?.stop();
  }

  complete(arn: string, step: string, outcome: StepOutcome): void {
    this.runs.get(arn)?.complete(step, outcome);
  }

  definitionOf(record: ExecutionRecord): Definition {
    return parseDefinition(this.parts.records.definitions.get(record.definition) ?? '{}');
  }

  /** Fails what a kill interrupted: nothing is left Executing for ever. */
  failInterrupted(): void {
    for (const record of this.parts.records.executions.values()) {
      if (record.status !== 'Executing' && record.status !== 'Stopping') continue;
      for (const step of this.parts.records.steps(record.arn)) {
        if (step.status !== 'Executing' && step.status !== 'Starting' && step.status !== 'Stopping') continue;
        this.changeStep(
          record,
          { ...step, status: 'Failed', endTime: this.now(), failureReason: `InternalServerError: ${interrupted}` },
          step,
        );
      }
      this.fail(record, `InternalServerError: ${interrupted}`);
    }
  }

  private fail(record: ExecutionRecord, failureReason: string): void {
    const changed = this.parts.records.change(record.arn, {
      status: 'Failed',
      failureReason,
      endTime: this.now(),
      modifiedTime: this.now(),
    });
    this.parts.observer.executionChanged(changed, record.status);
  }

  private changeStep(record: ExecutionRecord, step: StepRecord, previous: StepRecord): void {
    this.parts.records.putStep(step);
    this.parts.observer.stepChanged(record, step, previous.status);
  }

  private now(): string {
    return this.parts.account.clock.now().toISOString();
  }
}

const bound = (observer: Omit<RunObserver, 'finished'>): Omit<RunObserver, 'finished'> => ({
  executionChanged: (record, previous) => observer.executionChanged(record, previous),
  stepChanged: (record, step, previous) => observer.stepChanged(record, step, previous),
});
