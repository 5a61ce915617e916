import type { Json, Principal } from '../../../../core/service';
import type { Definition, StepDefinition } from './definition/definition';
import type { Scope } from './definition/expression';
import type { ExecutionRecord } from './execution-record';

/** How one attempt at a step ended. */
export interface StepOutcome {
  readonly status: 'Succeeded' | 'Failed' | 'Stopped';
  /** What later steps can read of it. */
  readonly properties?: Json;
  readonly failureReason?: string;
  /** Class by which retry policies recognise a failure, e.g. SageMaker.JOB_INTERNAL_ERROR. */
  readonly exception?: string;
}

/** A step that waits for somebody else: its outcome arrives through the executor's `complete`. */
export interface Waiting {
  readonly waiting: true;
}

/** What a runner is given. */
export interface StepContext {
  readonly execution: ExecutionRecord;
  readonly definition: Definition;
  readonly step: StepDefinition;
  /** The step's Arguments with every expression replaced. */
  readonly arguments: Json;
  readonly scope: Scope;
  /** The pipeline's role: the step's calls are made, and checked, as it. */
  readonly principal: Principal;
  readonly attempt: number;
  readonly stop: AbortSignal;
  /** Shows metadata (job ARN, outcome) as soon as it is known. */
  report(metadata: Readonly<Record<string, unknown>>): void;
}

/** Runs steps of one type. A thrown error is a failed step. */
export type StepRunner = (context: StepContext) => Promise<StepOutcome | Waiting>;
