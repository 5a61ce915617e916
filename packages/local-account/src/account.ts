import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { AccountError } from './core/account-error';
import type { Deployer } from './cloudformation/deployer';
import { ProviderRegistry } from './cloudformation/registry';
import { AccountKeys, type Keys } from './core/account-keys';
import { Clock } from './core/clock';
import { durationSeconds } from './core/duration';
import { repairHint } from './core/damaged-state';
import { AwsError, messageOf } from './core/errors';
import { HostEnvironment } from './core/host-environment';
import { storageFailure } from './core/storage-failure';
import { optionalNumber, text } from './core/input';
import type { AccountParts, Control, Module, ModuleFactory, Peers } from './core/module';
import { Recording } from './core/recording';
import { StateLock } from './core/state-lock';
import { Store } from './core/store';
import { documentChecks } from './state-checks';
import { Trace, traceName } from './core/trace';
import { Foundation } from './foundation';
import { defaultModules } from './modules';
import { AccountServer } from './server/account-server';
import { Dispatcher } from './server/dispatcher';
import { SignatureVerifier } from './server/signature/verifier';
import { S3Server } from './services/s3/api/s3-server';

export interface AccountOptions {
  /** State folder; made when absent. */
  readonly folder: string;
  /** Port on 127.0.0.1; 0 takes a free one. Default: 0. */
  readonly port?: number;
  /** Interpreter for job code. Default: python3. */
  readonly python?: string;
  /** Interpreters for the code of AWS's images, by framework (scikit-learn, xgboost). Default: `python` for all. */
  readonly imagePythons?: Readonly<Record<string, string>>;
  /** Environment that child processes and settings are taken from. Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: all of them. */
  readonly modules?: readonly ModuleFactory[];
  /** Real time in epoch milliseconds, which virtual time starts from. Default: the machine's clock. */
  readonly realNow?: () => number;
}

export const localAccountId = '000000000000';
export const localRegion = 'us-east-1';

interface Running {
  readonly parts: AccountParts;
  readonly keys: AccountKeys;
  readonly lock: StateLock;
  readonly server: AccountServer;
  readonly modules: readonly Module[];
  readonly registry: ProviderRegistry;
  readonly deployer: Deployer;
  readonly close: () => void;
}

/** An AWS account on this machine: state in a folder, an endpoint on the loopback. */
export class Account {
  private running: Running | undefined;
  private url: string | undefined;

  constructor(private readonly options: AccountOptions) {}

  /** The account that another process runs on this state folder. */
  static running(folder: string): { readonly url: string; readonly pid: number } | undefined {
    const holder = StateLock.holder(folder);
    return holder?.url === undefined ? undefined : { url: holder.url, pid: holder.pid };
  }

  /** @throws Error when another process works on the folder, or the port is taken. */
  async start(): Promise<void> {
    if (this.running !== undefined) throw new Error('the account is already running');
    const lock = StateLock.acquire(this.options.folder);
    try {
      await this.startLocked(lock);
    } catch (error) {
      await this.stop().catch(() => undefined);
      lock.release();
      throw startFailure(error, this.options.folder);
    }
  }

  /** Ends child processes and closes the endpoint; the state stays on disk. */
  async stop(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    this.url = undefined;
    if (running === undefined) return;
    const failures: unknown[] = [];
    const ends = [
      ...[...running.modules].reverse().map((module) => () => module.stop?.()),
      () => running.server.close(),
      () => running.close(),
      () => running.lock.release(),
    ];
    // One that fails, on a full disk for instance, keeps no child process and no lock alive.
    for (const end of ends)
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    if (failures.length > 0) throw failures[0];
  }

  /** http://127.0.0.1:PORT. @throws Error before start. */
  endpointUrl(): string {
    if (this.url === undefined) throw new Error('the account does not listen yet; call start() first');
    return this.url;
  }

  /** In-process access for tests and the CLI. @throws Error before start. */
  get parts(): AccountParts {
    return this.started().parts;
  }

  /** What the administrator's clients connect with. @throws Error before start. */
  get connection(): { readonly endpoint: string; readonly keys: Keys } {
    return { endpoint: this.endpointUrl(), keys: this.keys };
  }

  /** The administrator's keys. @throws Error before start. */
  get keys(): Keys {
    return this.started().keys.administrator;
  }

  get trace(): Trace {
    return this.started().parts.trace;
  }

  get clock(): Clock {
    return this.started().parts.clock;
  }

  /** Providers and services, for the generated documentation. */
  get support(): { readonly registry: ProviderRegistry; readonly modules: readonly Module[] } {
    return this.started();
  }

  private started(): Running {
    if (this.running === undefined) throw new Error('the account is not running; call start() first');
    return this.running;
  }

  private async startLocked(lock: StateLock): Promise<void> {
    const { folder } = this.options;
    const store = new Store(folder, { checks: documentChecks });
    refuseNewerState(store, folder);
    const keys = AccountKeys.ensure(folder);
    const clock = new Clock(store.collection('clock'), this.options.realNow, Date.now, (timer, error) =>
      trace.emit('work.failed', { timer, error: messageOf(error) }),
    );
    const trace = new Trace(join(folder, traceName), clock);
    const peers: { found: Partial<Peers> } = { found: {} };
    const recording = Recording.of(this.options.env ?? process.env);
    const endpointUrl = (): string => this.endpointUrl();
    const foundation = new Foundation({
      folder,
      store,
      clock,
      keys,
      accountId: localAccountId,
      region: localRegion,
      endpointUrl,
      publish: (event) => void peers.found.events?.publish(event),
      lambda: () => parts.peer('lambda'),
      recording,
    });
    const wiring: { dispatcher?: Dispatcher } = {};
    const parts = this.partsOf({
      foundation,
      store,
      clock,
      trace,
      peers,
      dispatcher: () => required(wiring.dispatcher),
    });
    const s3 = new S3Server(foundation.objects, {
      documents: store,
      now: () => clock.now(),
      iam: foundation.access,
      trace,
      dispatcher: () => required(wiring.dispatcher),
    });
    foundation.objects.sweep(s3.multipart.files());
    const modules = (this.options.modules ?? defaultModules).map((factory) => factory(parts));
    peers.found = Object.assign(
      { keys: foundation.keys(), images: foundation.images() },
      ...modules.map((module) => module.peers ?? {}),
    ) as Partial<Peers>;
    const registry = new ProviderRegistry([
      ...foundation.providers(),
      ...modules.flatMap((module) => module.providers),
    ]);
    const cloudFormation = foundation.cloudFormation(registry);
    const core: Module = {
      name: 'core',
      services: [...foundation.services(), cloudFormation.service],
      providers: foundation.providers(),
      controls: [...controlsOf(clock, trace), ...foundation.controls()],
    };
    const all = [core, ...modules];
    const dispatcher = new Dispatcher(
      all.flatMap((module) => module.services),
      foundation.access,
      trace,
      recording,
    );
    wiring.dispatcher = dispatcher;
    const server = new AccountServer({
      dispatcher,
      rawServices: [s3],
      controls: all.flatMap((module) => module.controls ?? []),
      sites: all.flatMap((module) => module.sites ?? []),
      verifier: new SignatureVerifier({
        holderOf: (accessKeyId, sessionToken) => foundation.access.holderOf(accessKeyId, sessionToken),
        now: () => clock.now().getTime(),
        machineNow: Date.now,
        movedSince: (machineTime) => clock.movedSince(machineTime),
      }),
    });
    const close = (): void => {
      clock.stop();
      store.close();
      trace.close();
    };
    this.running = { parts, keys, lock, server, modules: all, registry, deployer: cloudFormation.deployer, close };
    const port = await server.listen(this.options.port ?? 0);
    this.url = `http://127.0.0.1:${port}`;
    await foundation.bootstrap(cloudFormation.service);
    for (const module of all) await module.start?.();
    await cloudFormation.deployer.recover();
    trace.emit('account.started', { port });
    lock.announce(this.url);
  }

  private partsOf(given: {
    readonly foundation: Foundation;
    readonly store: Store;
    readonly clock: Clock;
    readonly trace: Trace;
    readonly peers: { readonly found: Partial<Peers> };
    readonly dispatcher: () => Dispatcher;
  }): AccountParts {
    const { foundation, store, clock, trace, peers, dispatcher } = given;
    const find = <N extends keyof Peers>(name: N): Peers[N] | undefined => peers.found[name];
    return {
      accountId: localAccountId,
      region: localRegion,
      folder: this.options.folder,
      clock,
      store,
      trace,
      python: this.options.python ?? 'python3',
      imagePythons: this.options.imagePythons ?? {},
      host: new HostEnvironment(this.options.env ?? process.env),
      s3: foundation.objects,
      logs: foundation.logs,
      iam: foundation.access,
      endpointUrl: () => this.endpointUrl(),
      arn: (service, resource) => foundation.arn(service, resource),
      newId: () => randomUUID(),
      findPeer: find,
      peer: (name) => {
        const found = find(name);
        if (found === undefined)
          throw new AwsError('UnsupportedByLocalAccount', `this local account runs without '${name}'`);
        return found;
      },
      call: (service, operation, input, principal) => {
        const sharing = dispatcher().sharing(service);
        const call = { principal, requestId: randomUUID(), region: localRegion, headers: {} };
        return dispatcher().run(
          sharing.find((each) => Object.hasOwn(each.operations, operation)),
          { signingName: service, operation, call },
          input,
        );
      },
    };
  }
}

/** Counted up when a version writes state that the one before could not work with. */
const stateFormat = 1;

/** @throws AccountError for a state that a later version wrote. */
function refuseNewerState(store: Store, folder: string): void {
  const state = store.collection<unknown>('state');
  const format = state.get('format');
  if (format === undefined) return state.put('format', stateFormat);
  if (format !== stateFormat)
    throw new AccountError(
      `the state in ${folder} has the format ${JSON.stringify(format)}, and this version of Mooring works with ${stateFormat}: another version wrote it. Use that version, choose another folder with --state, or start anew with \`npx mooring reset\``,
    );
}

/** What a state that cannot be started from says to people; other versions and editors may have written it. */
function startFailure(error: unknown, folder: string): unknown {
  const storage = storageFailure(error);
  if (storage !== undefined) return new AccountError(storage.message);
  if (!(error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError)) return error;
  return new AccountError(
    [
      `the local account cannot start from the state in ${folder}: ${error.message}.`,
      `The state is from another version or was changed by something else, or this is a defect of Mooring; a start on an empty folder (--state) shows which. ${repairHint}.`,
      error.stack?.split('\n').slice(1, 4).join('\n') ?? '',
    ].join('\n'),
  );
}

/** Routes for the CLI and the console that belong to no module. */
function controlsOf(clock: Clock, trace: Trace): readonly Control[] {
  const state = (): unknown => ({
    now: clock.now().toISOString(),
    pending: clock.pending().map(({ name, at }) => ({ name, at: at.toISOString() })),
  });
  return [
    { method: 'GET', path: '/_local/health', handle: () => ({ status: 'ok' }) },
    { method: 'GET', path: '/_local/clock', handle: state },
    {
      method: 'POST',
      path: '/_local/clock',
      openToRoles: true,
      handle: async (input) => {
        await clock.advance(durationSeconds(text(input, 'duration')) * 1000);
        return state();
      },
    },
    {
      method: 'GET',
      path: '/_local/trace',
      handle: (input) => ({ records: trace.read(optionalNumber(input, 'after') ?? 0) }),
    },
  ];
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the account is still being put together');
  return value;
}
