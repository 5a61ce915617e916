import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { durationSeconds } from '../../use-case/src/duration';
import type { Deployer } from './cloudformation/deployer';
import { ProviderRegistry } from './cloudformation/registry';
import { Clock } from './core/clock';
import { AwsError } from './core/errors';
import { optionalNumber, text } from './core/input';
import type { AccountParts, Control, Module, ModuleFactory, Peers } from './core/module';
import { StateLock } from './core/state-lock';
import { Store } from './core/store';
import { Trace } from './core/trace';
import { Foundation } from './foundation';
import { defaultModules } from './modules';
import { AccountServer } from './server/account-server';
import { Dispatcher } from './server/dispatcher';
import { S3Server } from './services/s3/api/s3-server';

export interface AccountOptions {
  /** State folder; made when absent. */
  readonly folder: string;
  /** Port on 127.0.0.1; 0 takes a free one. Default: 0. */
  readonly port?: number;
  /** Interpreter for job code. Default: python3. */
  readonly python?: string;
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
      await this.stop();
      lock.release();
      throw error;
    }
  }

  /** Ends child processes and closes the endpoint; the state stays on disk. */
  async stop(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    this.url = undefined;
    if (running === undefined) return;
    for (const module of [...running.modules].reverse()) await module.stop?.();
    await running.server.close();
    running.close();
    running.lock.release();
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
    const store = new Store(folder);
    const clock = new Clock(store.collection('clock'), this.options.realNow);
    const trace = new Trace(join(folder, 'trace.jsonl'), clock);
    const peers: { found: Partial<Peers> } = { found: {} };
    const endpointUrl = (): string => this.endpointUrl();
    const foundation = new Foundation({
      folder,
      store,
      clock,
      accountId: localAccountId,
      region: localRegion,
      endpointUrl,
      publish: (event) => void peers.found.events?.publish(event),
      lambda: () => parts.peer('lambda'),
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
    );
    wiring.dispatcher = dispatcher;
    const server = new AccountServer({
      dispatcher,
      rawServices: [s3],
      controls: all.flatMap((module) => module.controls ?? []),
      sites: all.flatMap((module) => module.sites ?? []),
      principalOf: (accessKeyId) => foundation.access.principalOf(accessKeyId),
      region: localRegion,
    });
    const close = (): void => {
      clock.stop();
      store.close();
    };
    this.running = { parts, lock, server, modules: all, registry, deployer: cloudFormation.deployer, close };
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
      env: this.options.env ?? process.env,
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
