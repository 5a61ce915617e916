import type { Structure } from './structure';

/** A pipeline as it is deployed. */
export interface Pipeline {
  readonly structure: Structure;
  readonly version: number;
  readonly arn: string;
  readonly created: number;
  readonly updated: number;
  readonly restartOnUpdate: boolean;
}

export type ActionStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Abandoned';

/** One run of an action. */
export interface ActionRun {
  readonly id: string;
  readonly stage: string;
  readonly name: string;
  readonly status: ActionStatus;
  readonly started: number;
  readonly updated: number;
  readonly summary?: string;
  readonly error?: string;
  /** Build id, change set, commit. */
  readonly externalId?: string;
  /** Who answered an approval, or which role acted. */
  readonly by?: string;
  readonly token?: string;
  /** Configuration with its variables resolved. */
  readonly configuration?: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
}

export type ExecutionStatus =
  'InProgress' | 'Succeeded' | 'Failed' | 'Stopping' | 'Stopped' | 'Superseded' | 'Cancelled';
export type StageStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Skipped' | 'Stopped';

/** One run of a pipeline. It keeps the definition it started with. */
export interface Execution {
  readonly id: string;
  readonly pipeline: string;
  readonly version: number;
  readonly structure: Structure;
  readonly status: ExecutionStatus;
  readonly reason?: string;
  readonly started: number;
  readonly updated: number;
  readonly trigger: { readonly type: string; readonly detail: string };
  /** Tag that a push named. */
  readonly tag?: string;
  /** Commits that the sources shall take. */
  readonly revisions: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly stages: Readonly<Record<string, { readonly status: StageStatus; readonly reason?: string }>>;
  readonly actions: readonly ActionRun[];
  readonly token?: string;
}

/** The newest run of an action in an execution. */
export const lastRun = ({ actions }: Execution, stage: string, name: string): ActionRun | undefined =>
  actions.filter((each) => each.stage === stage && each.name === name).at(-1);
