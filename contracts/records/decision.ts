/** Why a retraining was started or not; `s3://<artifacts>/<use-case>/decisions/<time>-<key>.json`. */
export interface Decision {
  /** Time of the event, ISO. */
  readonly time: string;
  readonly trigger: Trigger;
  /** `start`, or the guard that held it back. */
  readonly outcome: 'start' | Guard;
  /** A sentence for people. */
  readonly reason: string;
  readonly use_case: string;
  /** Identifies the event; the same event gives the same decision. */
  readonly key: string;
  readonly event: { readonly id: string; readonly type: string };
  readonly executionArn?: string;
  /** Pipeline parameters of the execution. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What was looked at. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export const triggers = ['drift', 'schedule', 'data', 'manual', 'reconcile'] as const;
export type Trigger = (typeof triggers)[number];

export const guards = [
  'trigger-off',
  'quiet',
  'running',
  'cool-down',
  'budget',
  'labels',
  'stale-data',
  'back-off',
  'no-help',
] as const;
export type Guard = (typeof guards)[number];
