import { AwsError } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import '../../shared/peers';
import { environmentPermissions } from '../../shared/encryption';
import { logsOfRole } from '../../shared/role-access';
import type { CodeStore } from './code-store';
import type { FunctionRecord } from './function-record';
import { bootstrapFile, nodeModules } from './runtime-files';
import type { Outcome, WorkerSettings } from './worker';
import type { WorkerPool } from './worker-pool';

declare module '../../../core/trace' {
  interface TraceEvents {
    'function.invoked': {
      readonly function: string;
      readonly requestId: string;
      readonly milliseconds: number;
      readonly coldStart: boolean;
      readonly error?: string;
    };
  }
}

/** One invocation as the caller sees it. */
export interface InvocationResult {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  readonly error?: 'Handled' | 'Unhandled';
  /** What the invocation wrote, START and REPORT included. */
  readonly log: readonly string[];
}

/** Runs functions in worker processes; writes their logs and their AWS/Lambda metrics. */
export class FunctionRunner {
  constructor(
    private readonly account: AccountParts,
    private readonly code: CodeStore,
    private readonly pool: WorkerPool,
  ) {}

  /** Tracked by the clock: an advance waits for it. @throws AwsError TooManyRequestsException. */
  invoke(
    record: FunctionRecord,
    payload: string,
    reserved: number | undefined,
    requestId = this.account.newId(),
  ): Promise<InvocationResult> {
    return this.account.clock.track(this.run(record, payload, reserved, requestId));
  }

  private async run(
    record: FunctionRecord,
    payload: string,
    reserved: number | undefined,
    requestId: string,
  ): Promise<InvocationResult> {
    this.decryptEnvironment(record);
    const key = `${record.name}:${record.version}:${record.revisionId}`;
    const functionArn = record.version === '$LATEST' ? record.arn : `${record.arn}:${record.version}`;
    try {
      return await this.pool.with(
        key,
        reserved,
        (runtimeApi, stream) => this.settings(record, runtimeApi, stream),
        () => this.stream(record),
        async (worker) =>
          this.report(
            record,
            requestId,
            worker.logStream,
            await worker.invoke({ requestId, functionArn, payload, deadline: 0 }),
          ),
      );
    } catch (error) {
      this.metric(record, [['Throttles', 1, 'Count']]);
      throw error;
    }
  }

  /** @throws AwsError KMSAccessDeniedException in Lambda's words. */
  private decryptEnvironment(record: FunctionRecord): void {
    const { iam } = this.account;
    try {
      iam.authorize(iam.roleByArn(record.role), environmentPermissions(this.account, record.kmsKeyArn, record.arn));
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'AccessDeniedException') throw error;
      throw new AwsError(
        'KMSAccessDeniedException',
        `Lambda was unable to decrypt the environment variables because KMS access was denied: ${error.message}`,
        502,
      );
    }
  }

  private report(record: FunctionRecord, requestId: string, stream: string, outcome: Outcome): InvocationResult {
    const memory = `Memory Size: ${record.memory} MB`;
    const init =
      outcome.initMilliseconds === undefined ? '' : `\tInit Duration: ${outcome.initMilliseconds.toFixed(2)} ms`;
    const duration = outcome.milliseconds.toFixed(2);
    const log = [
      `START RequestId: ${requestId} Version: ${record.version}`,
      ...outcome.lines,
      `END RequestId: ${requestId}`,
      `REPORT RequestId: ${requestId}\tDuration: ${duration} ms\tBilled Duration: ${Math.ceil(outcome.milliseconds)} ms\t${memory}${init}`,
    ];
    logsOfRole(this.account, this.account.iam.roleByArn(record.role)).append(record.logging.group, stream, log);
    this.metric(record, [
      ['Invocations', 1, 'Count'],
      ['Errors', outcome.error === undefined ? 0 : 1, 'Count'],
      ['Duration', outcome.milliseconds, 'Milliseconds'],
      ['Throttles', 0, 'Count'],
    ]);
    this.account.trace.emit('function.invoked', {
      function: record.name,
      requestId,
      milliseconds: outcome.milliseconds,
      coldStart: outcome.initMilliseconds !== undefined,
      ...(outcome.error === undefined ? {} : { error: errorText(outcome.payload) }),
    });
    return {
      requestId,
      payload: outcome.payload,
      log,
      ...(outcome.error === undefined ? {} : { error: outcome.error }),
    };
  }

  private metric(
    record: FunctionRecord,
    values: readonly (readonly [name: string, value: number, unit: string])[],
  ): void {
    const dimensions = { FunctionName: record.name };
    this.account.findPeer('metrics')?.put(
      'AWS/Lambda',
      values.map(([name, value, unit]) => ({ name, value, unit, dimensions })),
    );
  }

  private stream(record: FunctionRecord): string {
    const day = this.account.clock.now().toISOString().slice(0, 10).replaceAll('-', '/');
    return `${day}/[${record.version}]${this.account.newId().replaceAll('-', '').slice(0, 32)}`;
  }

  private settings(record: FunctionRecord, runtimeApi: string, stream: string): WorkerSettings {
    const folder = this.code.unpacked(record.code);
    return {
      program: bootstrapFile(),
      folder,
      memory: record.memory,
      timeout: record.timeout,
      environment: {
        PATH: this.account.host.path('function'),
        TZ: ':UTC',
        LANG: 'en_US.UTF-8',
        NODE_PATH: nodeModules(),
        ...this.withCurrentPort(record.environment),
        ...this.account.iam.credentialsFor(record.role, record.name),
        AWS_REGION: this.account.region,
        AWS_DEFAULT_REGION: this.account.region,
        AWS_EXECUTION_ENV: `AWS_Lambda_${record.runtime}`,
        AWS_LAMBDA_FUNCTION_NAME: record.name,
        AWS_LAMBDA_FUNCTION_VERSION: record.version,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(record.memory),
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
        AWS_LAMBDA_LOG_FORMAT: record.logging.format,
        AWS_LAMBDA_LOG_GROUP_NAME: record.logging.group,
        AWS_LAMBDA_LOG_STREAM_NAME: stream,
        AWS_LAMBDA_RUNTIME_API: runtimeApi,
        LAMBDA_TASK_ROOT: folder,
        LAMBDA_RUNTIME_DIR: folder,
        _HANDLER: record.handler,
      },
    };
  }

  /** Queue URLs in a function's settings name the port of the run that deployed it. */
  private withCurrentPort(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const current = (value: string): string =>
      value.replace(/http:\/\/127\.0\.0\.1:[0-9]+\/([0-9]{12})\//g, (url, account: string) =>
        account === this.account.accountId ? `${this.account.endpointUrl()}/${account}/` : url,
      );
    return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, current(value)]));
  }
}

function errorText(payload: string): string {
  try {
    const { errorType, errorMessage } = JSON.parse(payload) as {
      readonly errorType?: string;
      readonly errorMessage?: string;
    };
    return `${errorType ?? 'Error'}: ${errorMessage ?? payload}`;
  } catch {
    return payload;
  }
}
