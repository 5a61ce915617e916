/** Signing names of services whose SDK name differs from it. */
const signingNames: Readonly<Record<string, string>> = {
  eventbridge: 'events',
  cloudwatch: 'monitoring',
  cloudwatchlogs: 'logs',
  sfn: 'states',
  applicationautoscaling: 'application-autoscaling',
};

/** The API call a universal target's ARN names: `arn:aws:scheduler:::aws-sdk:<service>:<operation>`. */
export interface UniversalTarget {
  /** Signing name. */
  readonly service: string;
  /** PascalCase. */
  readonly operation: string;
}

/** Undefined for an ARN of another form. */
export function universalTarget(arn: string): UniversalTarget | undefined {
  const match = /^arn:aws[a-z-]*:scheduler:::aws-sdk:([a-z0-9]+):([a-z][A-Za-z0-9]*)$/.exec(arn);
  const [, service, operation] = match ?? [];
  if (service === undefined || operation === undefined) return undefined;
  return {
    service: signingNames[service] ?? service,
    operation: operation.charAt(0).toUpperCase() + operation.slice(1),
  };
}

/** What the context attributes in a schedule's input stand for. */
export interface Occurrence {
  readonly scheduleArn: string;
  readonly scheduledTime: Date;
  readonly executionId: string;
  readonly attempt: number;
}

/** Replaces `<aws.scheduler.scheduled-time>` and its siblings. */
export function withContext(input: string, occurrence: Occurrence): string {
  const values: Readonly<Record<string, string>> = {
    'schedule-arn': occurrence.scheduleArn,
    'scheduled-time': `${occurrence.scheduledTime.toISOString().slice(0, 19)}Z`,
    'execution-id': occurrence.executionId,
    'attempt-number': String(occurrence.attempt),
  };
  return input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (whole, name: string) => values[name] ?? whole);
}
