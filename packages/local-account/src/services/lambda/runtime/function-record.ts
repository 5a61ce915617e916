import { AwsError } from '../../../core/errors';
import type { Body } from '../../../core/service';

/** Where a function's unpacked code lies. */
export interface CodeRecord {
  /** Hex digest of the zip. */
  readonly sha256: string;
  readonly size: number;
  readonly bucket?: string;
  readonly key?: string;
}

/** A function, or a published version of it. */
export interface FunctionRecord {
  readonly name: string;
  readonly arn: string;
  /** $LATEST or a number. */
  readonly version: string;
  readonly runtime: string;
  readonly handler: string;
  readonly role: string;
  readonly description: string;
  /** Seconds. */
  readonly timeout: number;
  readonly memory: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly code: CodeRecord;
  readonly deadLetterArn?: string;
  readonly kmsKeyArn?: string;
  readonly architectures: readonly string[];
  readonly ephemeralStorage: number;
  readonly tracing: string;
  readonly logging: { readonly format: string; readonly group: string };
  readonly tags: Readonly<Record<string, string>>;
  readonly lastModified: number;
  readonly revisionId: string;
}

export interface AliasRecord {
  readonly name: string;
  readonly functionName: string;
  readonly arn: string;
  readonly version: string;
  readonly description: string;
}

/** Settings of asynchronous invocations, by function and qualifier. */
export interface AsyncSettings {
  readonly maximumRetryAttempts?: number;
  readonly maximumEventAgeInSeconds?: number;
  readonly onSuccess?: string;
  readonly onFailure?: string;
}

export const runtimes: readonly string[] = ['nodejs22.x', 'nodejs24.x'];

/** A function's configuration as the API answers it. */
export function configuration(record: FunctionRecord): Body {
  return {
    FunctionName: record.name,
    FunctionArn: record.version === '$LATEST' ? record.arn : `${record.arn}:${record.version}`,
    Version: record.version,
    Runtime: record.runtime,
    Handler: record.handler,
    Role: record.role,
    Description: record.description,
    Timeout: record.timeout,
    MemorySize: record.memory,
    CodeSize: record.code.size,
    CodeSha256: Buffer.from(record.code.sha256, 'hex').toString('base64'),
    ...(Object.keys(record.environment).length === 0 ? {} : { Environment: { Variables: record.environment } }),
    ...(record.deadLetterArn === undefined ? {} : { DeadLetterConfig: { TargetArn: record.deadLetterArn } }),
    ...(record.kmsKeyArn === undefined ? {} : { KMSKeyArn: record.kmsKeyArn }),
    TracingConfig: { Mode: record.tracing },
    Architectures: record.architectures,
    EphemeralStorage: { Size: record.ephemeralStorage },
    LoggingConfig: { LogFormat: record.logging.format, LogGroup: record.logging.group },
    PackageType: 'Zip',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    // Lambda writes this one time as text.
    LastModified: new Date(record.lastModified).toISOString().replace('Z', '+0000'),
    RevisionId: record.revisionId,
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
  };
}

/** Function name and qualifier from a name, a partial or a full ARN. */
export function reference(
  text: string,
  qualifier?: string,
): { readonly name: string; readonly qualifier: string | undefined } {
  const match =
    /^(?:(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?(?:[0-9]{12}:)?(?:function:))?([A-Za-z0-9_-]{1,140})(?::(\$LATEST|[A-Za-z0-9_-]+))?$/.exec(
      text,
    );
  const [, name, own] = match ?? [];
  if (name === undefined) throw new AwsError('ValidationException', `'${text}' is not a function name or ARN`);
  if (own !== undefined && qualifier !== undefined && own !== qualifier)
    throw new AwsError(
      'InvalidParameterValueException',
      `The derived qualifier from the function name does not match the specified qualifier.`,
    );
  return { name, qualifier: own ?? qualifier };
}
