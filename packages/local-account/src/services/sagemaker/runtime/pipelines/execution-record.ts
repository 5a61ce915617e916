import type { Json } from '../../../../core/service';
import type { Collection } from '../../../../core/store';

export type ExecutionStatus = 'Executing' | 'Stopping' | 'Stopped' | 'Failed' | 'Succeeded' | 'CompletedWithFailures';
export type StepStatus = 'Starting' | 'Executing' | 'Stopping' | 'Stopped' | 'Failed' | 'Succeeded';

/** One execution on disk. */
export interface ExecutionRecord {
  readonly arn: string;
  readonly id: string;
  readonly pipelineArn: string;
  readonly pipelineName: string;
  readonly roleArn: string;
  /** Hash under which the definition is kept. */
  readonly definition: string;
  readonly displayName: string;
  readonly description?: string;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly status: ExecutionStatus;
  readonly startTime: string;
  readonly modifiedTime: string;
  readonly endTime?: string;
  readonly failureReason?: string;
  readonly maxParallel?: number;
  /** ExperimentName and TrialName; absent when the definition wants none recorded. */
  readonly experiment?: Readonly<Record<string, string>>;
  readonly token?: string;
  readonly versionId?: number;
  readonly selective?: { readonly source?: string; readonly steps: readonly string[] };
}

/** One step of an execution on disk; a step that has not started has none. */
export interface StepRecord {
  readonly execution: string;
  readonly name: string;
  readonly type: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly status: StepStatus;
  readonly startTime: string;
  readonly endTime?: string;
  readonly failureReason?: string;
  /** In the API's shape: {ProcessingJob: {Arn}}, {Condition: {Outcome}} ... */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly attempts: number;
  /** What `Get: Steps.<name>...` sees. */
  readonly properties?: Json;
  /** Execution whose result was taken over by the cache. */
  readonly cachedFrom?: string;
  /** Execution whose result a selective execution took over. */
  readonly reusedFrom?: string;
}

/** Executions, their steps and the definitions they run. */
export class ExecutionRecords {
  constructor(
    readonly executions: Collection<ExecutionRecord>,
    private readonly stepRecords: Collection<StepRecord>,
    readonly definitions: Collection<string>,
  ) {}

  execution(arn: string): ExecutionRecord | undefined {
    return this.executions.get(arn);
  }

  change(arn: string, members: Partial<ExecutionRecord>): ExecutionRecord {
    const record = this.executions.get(arn);
    if (record === undefined) throw new Error(`no execution ${arn}`);
    const changed = { ...record, ...members };
    this.executions.put(arn, changed);
    return changed;
  }

  step(execution: string, name: string): StepRecord | undefined {
    return this.stepRecords.get(`${execution}#${name}`);
  }

  putStep(record: StepRecord): void {
    this.stepRecords.put(`${record.execution}#${record.name}`, record);
  }

  deleteStep(execution: string, name: string): void {
    this.stepRecords.delete(`${execution}#${name}`);
  }

  steps(execution: string): readonly StepRecord[] {
    return this.stepRecords.values().filter((each) => each.execution === execution);
  }

  /** Takes an execution and its steps away. */
  remove(arn: string): void {
    for (const step of this.steps(arn)) this.deleteStep(arn, step.name);
    this.executions.delete(arn);
  }
}
