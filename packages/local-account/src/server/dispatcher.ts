import { performance } from 'node:perf_hooks';
import { AwsError, messageOf, Unsupported } from '../core/errors';
import { DamagedState } from '../core/damaged-state';
import type { AccessControl } from '../core/module';
import type { Recording } from '../core/recording';
import { storageFailure } from '../core/storage-failure';
import type { AwsService, Body, Call, Permission } from '../core/service';
import type { Trace } from '../core/trace';
import type { Exchange } from './exchange';
import { matchPath } from './protocols/rest-json';

declare module '../core/trace' {
  interface TraceEvents {
    /** A defect of the local account itself: an operation threw what is not an AwsError. */
    'api.failed': {
      readonly service: string;
      readonly operation: string;
      readonly error: string;
      readonly stack: string;
    };
  }
}

/** IAM spells some services differently from their signatures. */
const iamPrefixes: Readonly<Record<string, string>> = { monitoring: 'cloudwatch', 'execute-api': 'execute-api' };

/** What one call is about, whoever transports it. */
export interface Handling {
  readonly signingName: string;
  readonly operation: string;
  readonly call: Call;
}

/** Finds the service of a call, checks the caller's permission, runs the operation and traces what happened. */
export class Dispatcher {
  private readonly services = new Map<string, AwsService[]>();

  constructor(
    services: readonly AwsService[],
    private readonly iam: AccessControl,
    private readonly trace: Trace,
    private readonly recording?: Recording,
  ) {
    for (const service of services)
      this.services.set(service.signingName, [...this.sharing(service.signingName), service]);
  }

  /** Services that share a signing name. */
  sharing(signingName: string): readonly AwsService[] {
    return this.services.get(signingName) ?? [];
  }

  /** Whether some REST service has a route for the request. */
  routes({ method, path }: Pick<Exchange, 'method' | 'path'>): boolean {
    return [...this.services.values()]
      .flat()
      .some(({ routes = [] }) =>
        routes.some((each) => each.method === method && matchPath(each.path, path) !== undefined),
      );
  }

  run(service: AwsService | undefined, handling: Handling, input: Body): Promise<Body> {
    return this.handle(handling, async () => {
      const operation = service?.operations[handling.operation];
      if (service === undefined || operation === undefined) throw this.unsupported(handling);
      this.recording?.request(handling.signingName, handling.operation, input, handling.call.principal.arn);
      this.iam.authorize(
        handling.call.principal,
        service.permissions?.(handling.operation, input) ?? defaultPermissions(handling),
      );
      return (await operation(input, handling.call)) ?? {};
    });
  }

  /** Traces a piece of work as one API call and turns a defect into an error that clients do not retry. */
  async handle<T>({ signingName, operation, call }: Handling, work: () => Promise<T> | T): Promise<T> {
    const started = performance.now();
    const record = (status: number, error?: string): void =>
      this.trace.emit('api.call', {
        service: signingName,
        operation,
        principal: call.principal.arn,
        status,
        ...(error === undefined ? {} : { error }),
        milliseconds: Math.round(performance.now() - started),
      });
    try {
      const result = await work();
      record(200);
      return result;
    } catch (error) {
      const known = error instanceof AwsError ? error : (answerTo(error) ?? this.defect(signingName, operation, error));
      record(known.status, `${known.code}: ${known.message}`);
      throw known;
    }
  }

  private unsupported({ signingName, operation }: Handling): Unsupported {
    this.trace.emit('api.unsupported', { service: signingName, operation });
    const shared = this.sharing(signingName);
    if (shared.length === 0)
      return new Unsupported(
        `the service '${signingName}' (operation ${operation})`,
        `services: ${[...this.services.keys()].sort().join(', ')}`,
      );
    return new Unsupported(`the operation ${signingName}:${operation}`);
  }

  private defect(service: string, operation: string, error: unknown): AwsError {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    this.trace.emit('api.failed', { service, operation, error: messageOf(error), stack });
    return new AwsError(
      'InternalErrorOfLocalAccount',
      `${service}:${operation} failed in the local account itself: ${messageOf(error)} (the trace has the stack)`,
    );
  }
}

/** What is no defect of ours: a full disk, damaged state. */
export function answerTo(error: unknown): AwsError | undefined {
  if (error instanceof DamagedState) return new AwsError('InternalError', error.message, 507);
  return storageFailure(error);
}

function defaultPermissions({ signingName, operation }: Handling): readonly Permission[] {
  return [{ action: `${iamPrefixes[signingName] ?? signingName}:${operation}`, resource: '*' }];
}
