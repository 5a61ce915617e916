import type { AlarmState } from '../alarms';
import type { Decision } from '../decisions';
import type { EndpointState } from '../../shared/endpoint';
import type { Evaluation, LearntRows } from '../../shared/evaluation';
import type { Notification } from '../inbox';

/** One stage of the tour. */
export interface StageRecord {
  readonly name: string;
  readonly status: 'ok' | 'failed';
  readonly seconds: number;
  readonly detail?: string;
}

/** `.mooring/run.json`: what a tour did, machine-readable. */
export interface RunRecord {
  readonly schema_version: 1;
  readonly use_case: string;
  readonly started: string;
  readonly status: 'ok' | 'failed';
  /** Seconds after installation. */
  readonly seconds: number;
  readonly install_seconds: number;
  readonly stages: readonly StageRecord[];
  readonly model_packages: readonly {
    readonly version: number;
    readonly arn: string;
    readonly approval: string;
    readonly metrics: Evaluation['metrics'];
  }[];
  readonly endpoint?: EndpointState;
  /** Alarms as they stood when the drift had been found, before the retrained model went live. */
  readonly alarms: readonly AlarmState[];
  /** Alarms that fired after the ordinary hour; expected to be none. */
  readonly alarms_after_ordinary_hour: readonly string[];
  readonly notifications: readonly Notification[];
  readonly retrain_decision?: Decision;
  /** What version 2 learnt from: base rows, and captured rows with their labels. */
  readonly learnt_rows?: LearntRows;
  readonly predictions: readonly { readonly version: number; readonly answer: string }[];
}
