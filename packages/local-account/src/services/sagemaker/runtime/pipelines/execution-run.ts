import { messageOf } from '../../../../core/errors';
import type { AccountParts } from '../../../../core/module';
import type { Json, Principal } from '../../../../core/service';
import type { StepCache } from './cache';
import type { Definition, StepDefinition } from './definition/definition';
import { evaluate } from './definition/expression';
import type { Scope } from './definition/expression';
import type { ExecutionRecord, ExecutionRecords, ExecutionStatus, StepRecord, StepStatus } from './execution-record';
import { executionScope } from './execution-scope';
import { GraphWalk } from './graph-walk';
import { retryDelay, retryPolicies } from './retry';
import type { StepOutcome, StepRunner } from './step-runner';

/** Steps of one execution that run at the same time when nothing else is said: the laptop has to do other things too. */
const defaultParallel = 2;

/** What a run tells the outside. */
export interface RunObserver {
  executionChanged(record: ExecutionRecord, previous: ExecutionStatus | undefined): void;
  stepChanged(record: ExecutionRecord, step: StepRecord, previous: StepStatus | undefined): void;
  finished(arn: string): void;
}

export interface RunParts {
  readonly account: AccountParts;
  readonly records: ExecutionRecords;
  readonly cache: StepCache;
  readonly runners: Readonly<Record<string, StepRunner>>;
  readonly observer: RunObserver;
}

/**
 * One execution on its way through the graph: starts what is ready, as many at once as allowed, until nothing is left.
 *
 * Work that runs is tracked by the clock. A step that waits, for a retry or for a callback, is not: the timer or the
 * caller takes it up again.
 */
export class ExecutionRun {
  private readonly walk: GraphWalk;
  private readonly stops = new Map<string, AbortController>();
  private readonly cancels = new Map<string, () => void>();
  private failure: string | undefined;
  private stopping = false;
  private done = false;
  private readonly scope: Scope;
  private readonly principal: Principal;

  /** @throws AwsError when the pipeline's role does not exist. */
  constructor(
    private readonly parts: RunParts,
    private record: ExecutionRecord,
    private readonly definition: Definition,
  ) {
    this.principal = parts.account.iam.roleByArn(record.roleArn);
    this.scope = executionScope(parts.account, parts.records, record, definition, this.principal);
    const known = (name: string): StepRecord | undefined => parts.records.step(record.arn, name);
    this.walk = new GraphWalk(
      definition,
      record.selective?.steps,
      (step) => (known(step.name)?.status === 'Succeeded' ? 'succeeded' : 'pending'),
      (name) => (known(name)?.properties as { readonly Outcome?: string } | undefined)?.Outcome === 'True',
    );
  }

  /** Starts whatever can start. Safe to call at any time. */
  pump(): void {
    if (this.done) return;
    if (!this.stopping) {
      for (const step of this.walk.startable(this.failure !== undefined)) {
        if (this.walk.names('running').length >= (this.record.maxParallel ?? defaultParallel)) break;
        this.launch(step);
      }
    }
    this.finishIfOver();
  }

  /** Ends running jobs, gives up waiting retries; callbacks are told and waited for. */
  stop(): void {
    if (this.done || this.stopping) return;
    this.stopping = true;
    this.change({ status: 'Stopping' });
    for (const [name, cancel] of this.cancels) {
      cancel();
      this.end(this.walk.step(name), { status: 'Stopped' });
    }
    this.cancels.clear();
    for (const each of this.stops.values()) each.abort();
    this.pump();
  }

  /** The outcome of a step that waited for somebody else. */
  complete(name: string, outcome: StepOutcome): void {
    if (this.walk.state(name) !== 'waiting') return;
    this.end(
      this.walk.step(name),
      this.stopping && outcome.status === 'Succeeded' ? { ...outcome, status: 'Stopped' } : outcome,
    );
    this.pump();
  }

  private launch(step: StepDefinition): void {
    this.walk.set(step.name, 'running');
    const stop = new AbortController();
    this.stops.set(step.name, stop);
    const known = this.parts.records.step(this.record.arn, step.name);
    const attempts = (known?.status === 'Executing' ? known.attempts : 0) + 1;
    this.putStep({
      execution: this.record.arn,
      name: step.name,
      type: step.type,
      ...(typeof step.raw['DisplayName'] === 'string' ? { displayName: step.raw['DisplayName'] } : {}),
      ...(typeof step.raw['Description'] === 'string' ? { description: step.raw['Description'] } : {}),
      status: 'Executing',
      startTime: attempts > 1 && known !== undefined ? known.startTime : this.now(),
      metadata: {},
      attempts,
    });
    void this.parts.account.clock.track(
      this.attempt(step, attempts, stop.signal).then((outcome) => {
        if (outcome === 'waiting') this.walk.set(step.name, 'waiting');
        else {
          this.stops.delete(step.name);
          this.conclude(step, outcome, attempts);
        }
        this.pump();
      }),
    );
  }

  private async attempt(step: StepDefinition, attempt: number, stop: AbortSignal): Promise<StepOutcome | 'waiting'> {
    try {
      const runner = this.parts.runners[step.type];
      if (runner === undefined) throw new Error(`no runner for step type ${step.type}`);
      const args = step.type === 'Condition' ? step.arguments : await evaluate(step.arguments, this.scope);
      const key = this.parts.cache.key(this.record.pipelineName, step, args);
      const hit = key === undefined ? undefined : this.parts.cache.find(key, step, this.parts.account.clock.now());
      if (hit !== undefined) {
        this.changeStep(step.name, { metadata: hit.metadata, cachedFrom: hit.execution });
        return { status: 'Succeeded', properties: hit.properties };
      }
      const outcome = await runner({
        execution: this.record,
        definition: this.definition,
        step,
        arguments: args,
        scope: this.scope,
        principal: this.principal,
        attempt,
        stop,
        report: (metadata) => this.changeStep(step.name, { metadata }),
      });
      if ('waiting' in outcome) return 'waiting';
      if (key !== undefined && outcome.status === 'Succeeded') {
        const metadata = this.parts.records.step(this.record.arn, step.name)?.metadata ?? {};
        this.parts.cache.keep(key, {
          properties: outcome.properties ?? null,
          metadata,
          execution: this.record.arn,
          time: this.now(),
        });
      }
      return outcome;
    } catch (error) {
      return { status: 'Failed', failureReason: `ClientError: ${messageOf(error)}` };
    }
  }

  /** Ends an attempt, or arranges the next one. */
  private conclude(step: StepDefinition, outcome: StepOutcome, attempts: number): void {
    if (outcome.status === 'Failed' && !this.stopping && this.failure === undefined) {
      const record = this.parts.records.step(this.record.arn, step.name);
      const elapsed = (this.parts.account.clock.now().getTime() - Date.parse(record?.startTime ?? this.now())) / 1000;
      const delay = retryDelay(
        retryPolicies(step.raw['RetryPolicies'] as Json | undefined),
        outcome.exception,
        attempts,
        elapsed,
      );
      if (delay !== undefined) {
        this.walk.set(step.name, 'waiting');
        const again = (): void => {
          this.cancels.delete(step.name);
          this.walk.set(step.name, 'pending');
          this.pump();
        };
        this.cancels.set(step.name, this.parts.account.clock.after(delay * 1000, `retry of step ${step.name}`, again));
        return;
      }
    }
    this.end(step, outcome);
  }

  private end(step: StepDefinition, outcome: StepOutcome): void {
    const states = { Succeeded: 'succeeded', Failed: 'failed', Stopped: 'stopped' } as const;
    this.walk.set(step.name, states[outcome.status]);
    this.changeStep(step.name, {
      status: outcome.status,
      endTime: this.now(),
      ...(outcome.properties === undefined ? {} : { properties: outcome.properties }),
      ...(outcome.failureReason === undefined ? {} : { failureReason: outcome.failureReason }),
    });
    if (outcome.status !== 'Failed') return;
    this.failure ??= `Step failure: One or multiple steps failed. ${step.name}: ${outcome.failureReason ?? 'no reason was given'}`;
    for (const [name, cancel] of this.cancels) {
      cancel();
      this.walk.set(name, 'stopped');
      this.changeStep(name, { status: 'Stopped', endTime: this.now() });
    }
    this.cancels.clear();
  }

  private finishIfOver(): void {
    if (this.done || this.walk.names('running').length > 0) return;
    const callbacks = this.walk.names('waiting');
    if (this.failure !== undefined) for (const name of callbacks) this.abandon(name);
    else if (callbacks.length > 0) return;
    this.done = true;
    const failed = this.failure !== undefined && this.walk.allFailuresHandled() ? 'CompletedWithFailures' : 'Failed';
    const status = this.failure !== undefined ? failed : this.stopping ? 'Stopped' : 'Succeeded';
    this.change({
      status,
      endTime: this.now(),
      ...(this.failure === undefined ? {} : { failureReason: this.failure.slice(0, 1300) }),
    });
    this.parts.observer.finished(this.record.arn);
  }

  /** A callback nobody needs any more, since another step failed. */
  private abandon(name: string): void {
    this.walk.set(name, 'stopped');
    this.changeStep(name, { status: 'Stopped', endTime: this.now() });
  }

  private change(members: Partial<ExecutionRecord>): void {
    const previous = this.record.status;
    this.record = this.parts.records.change(this.record.arn, { ...members, modifiedTime: this.now() });
    this.parts.observer.executionChanged(this.record, previous);
  }

  private putStep(step: StepRecord): void {
    const previous = this.parts.records.step(this.record.arn, step.name)?.status;
    this.parts.records.putStep(step);
    if (previous !== step.status) this.parts.observer.stepChanged(this.record, step, previous);
  }

  private changeStep(name: string, members: Partial<StepRecord>): void {
    const record = this.parts.records.step(this.record.arn, name);
    if (record !== undefined) this.putStep({ ...record, ...members });
  }

  private now(): string {
    return this.parts.account.clock.now().toISOString();
  }
}
