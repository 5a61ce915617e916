import type { Exchange } from '../server/exchange';
import type { Visitor } from '../server/gate';
import type { Clock } from './clock';
import type { HostEnvironment } from './host-environment';
import type { ResourceProvider } from './provider';
import type { AwsService, Body, Permission, Principal } from './service';
import type { Store } from './store';
import type { Trace } from './trace';

/**
 * What every part of the account is given.
 *
 * A module never imports another module's classes: it calls other AWS APIs through {@link AccountParts.call}, as a
 * client would, or through the typed {@link Peers}.
 */
export interface AccountParts {
  readonly accountId: string;
  readonly region: string;
  /** State folder. A module keeps files below `join(folder, '<its name>')` and documents in `store` collections named `<its name>.<noun>`. */
  readonly folder: string;
  readonly clock: Clock;
  readonly store: Store;
  readonly trace: Trace;
  /** Interpreter with the libraries of requirements/runtime.txt, for child processes. */
  readonly python: string;
  /** Interpreters of environments made like AWS's images, by framework; `python` runs what has none. */
  readonly imagePythons: Readonly<Record<string, string>>;
  /** What programs that the account starts may see of its own environment. Nothing else reads `process.env`. */
  readonly host: HostEnvironment;
  readonly s3: ObjectStore;
  readonly logs: LogSink;
  readonly iam: AccessControl;
  /** http://127.0.0.1:PORT. Known once the account listens, that is from `Module.start` on. */
  endpointUrl(): string;
  /** arn:aws:<service>:<region>:<account>:<resource>. */
  arn(service: string, resource: string): string;
  /** A 36-character request or event id. */
  newId(): string;
  /** Another module's in-process interface. @throws AwsError when no module offers it. */
  peer<N extends keyof Peers>(name: N): Peers[N];
  /** The same, or undefined when no module offers it. */
  findPeer<N extends keyof Peers>(name: N): Peers[N] | undefined;
  /**
   * Calls an operation of any service as a client with that principal would: permission check, then the operation, and
   * an `api.call` trace record. Universal targets of the scheduler and service-to-service calls go this way.
   *
   * @param service signing name, e.g. sagemaker, events, monitoring, states
   * @param operation PascalCase, e.g. StartPipelineExecution
   */
  call(service: string, operation: string, input: Body, principal: Principal): Promise<Body>;
}

/**
 * In-process interfaces of modules, by name. A module adds its own by declaration merging
 * (`declare module '../../core/module' { interface Peers { sagemaker: SageMakerPeer } }`) and provides it in `Module.peers`.
 */
export interface Peers {
  readonly events: EventBus;
  readonly lambda: FunctionInvoker;
}

/** One file or folder of services of the account. */
export interface Module {
  readonly name: string;
  readonly services: readonly AwsService[];
  readonly providers: readonly ResourceProvider[];
  readonly peers?: Partial<Peers>;
  /** Local-only HTTP routes below /_local/ for the CLI and the console. */
  readonly controls?: readonly Control[];
  /** What answers requests that are no AWS API calls: the HTTP APIs that a stack deployed. */
  readonly sites?: readonly Site[];
  /** Called in module order once the account listens: resume timers, fail what a kill interrupted. */
  start?(): Promise<void> | void;
  /** Called in reverse order: end child processes. */
  stop?(): Promise<void> | void;
}

/** `export const sagemakerModule: ModuleFactory = (account) => ...`. Runs before any call arrives; peers are not ready yet. */
export type ModuleFactory = (account: AccountParts) => Module;

/** Answers plain HTTP on the account's port, and decides for itself who must sign what. */
export interface Site {
  serves(exchange: Exchange): boolean;
  /** Whether pages of another origin may send requests here, as the owner of the site configured it. */
  admitsOrigin(exchange: Exchange, origin: string): boolean;
  handle(visitor: Visitor): Promise<void>;
}

/** A local-only route, answered as JSON. Requests are signed for the service `mooring`. */
export interface Control {
  /** Whether roles (builds, jobs, functions) may call it. Default: only the account's administrator. */
  readonly openToRoles?: boolean;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Exact path that starts with /_local/, e.g. /_local/inbox. The handler gets the query's and the JSON body's members. */
  readonly path: string;
  readonly handle: (input: Readonly<Record<string, unknown>>) => Promise<unknown> | unknown;
}

/** An event for the default bus. */
export interface AwsEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources?: readonly string[];
  /** Default: now. */
  readonly time?: Date;
}

export interface EventBus {
  /** Matches rules and delivers to their targets; the delivery is tracked by the clock. Returns the event's id. */
  publish(event: AwsEvent): string;
}

export interface FunctionInvoker {
  /** Runs a function and waits. `error` is set when the handler threw; infrastructure failures are thrown. */
  invoke(
    functionNameOrArn: string,
    payload: unknown,
  ): Promise<{ readonly payload: unknown; readonly error?: 'Handled' | 'Unhandled' }>;
}

export interface AccessControl {
  /** The role as a principal. @throws AwsError NoSuchEntity when no such role is deployed. */
  roleByArn(roleArn: string): Principal;
  /** The account itself: calls that AWS services make on their own behalf. Everything is allowed. */
  readonly service: Principal;
  readonly administrator: Principal;
  /** @throws AwsError AccessDenied naming role, action, resource and the construct whose policy would have to allow it. */
  authorize(principal: Principal, permissions: readonly Permission[]): void;
  /**
   * Environment variables that make any AWS SDK in a child process call this account as that role: keys, region,
   * endpoint, and switches that keep it from reading the user's own configuration.
   */
  credentialsFor(roleArn: string, sessionName?: string): Readonly<Record<string, string>>;
}

export interface LogSink {
  /** Appends lines to a log stream; group and stream are made when absent. Time stamps are the clock's. */
  append(group: string, stream: string, lines: readonly string[]): void;
}

/** An object as HEAD would describe it. */
export interface ObjectInfo {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly versionId: string;
  readonly lastModified: Date;
  readonly contentType: string;
  /** x-amz-meta-* headers without the prefix. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface PutOptions {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** If-None-Match: *. @throws AwsError PreconditionFailed when the object exists. */
  readonly onlyIfAbsent?: boolean;
}

/**
 * S3 in process. Not subject to IAM by itself: who acts for a role calls `iam.authorize` first.
 * Every put and delete publishes the bucket's EventBridge notifications. Missing things throw NoSuchBucket or NoSuchKey.
 */
export interface ObjectStore {
  hasBucket(bucket: string): boolean;
  head(bucket: string, key: string): ObjectInfo | undefined;
  /** Objects whose key starts with the prefix, in key order. */
  list(bucket: string, prefix?: string): readonly ObjectInfo[];
  read(bucket: string, key: string): Buffer;
  /** File that holds the object's bytes. Read only: never write to it, never hand it to code of users. */
  path(bucket: string, key: string): string;
  put(bucket: string, key: string, body: Buffer | string, options?: PutOptions): ObjectInfo;
  /** Stores a file's content; the file is copied and stays the caller's. */
  putFile(bucket: string, key: string, file: string, options?: PutOptions): Promise<ObjectInfo>;
  /** Writes the object to a file (folders are made). A copy, cheap where the file system can share blocks. */
  getFile(bucket: string, key: string, file: string): Promise<void>;
  delete(bucket: string, key: string): boolean;
  /**
   * What a role needs to read, write or delete an object: the action on the object with the bucket's policy, and the use of
   * the bucket's KMS key. For {@link AccessControl.authorize}.
   */
  permissions(
    action: 's3:GetObject' | 's3:PutObject' | 's3:DeleteObject',
    bucket: string,
    key: string,
  ): readonly Permission[];
}

/** Bucket and key of an s3:// URI. @throws Error when it is not one. */
export function parseS3Uri(uri: string): { readonly bucket: string; readonly key: string } {
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(uri);
  if (match?.[1] === undefined) throw new Error(`'${uri}' is not an S3 URI; expected s3://bucket/key`);
  return { bucket: match[1], key: match[2] ?? '' };
}
