import { appendFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { AwsError } from '../../../../core/errors';
import { body, bodies, optionalText, text } from '../../../../core/input';
import type { Body } from '../../../../core/service';
import { unpackSafely } from '../jobs/archive';
import type { ArchiveLimits } from '../jobs/archive';
import { JobFolder, startContainer } from '../jobs/container';
import { imageOf } from '../jobs/image';
import type { ImageInterpreter } from '../jobs/interpreters';
import { baseEnvironment, objectsOf, roleLogs } from '../jobs/job';
import type { JobParts } from '../jobs/job';
import { lastLines } from '../jobs/role-objects';
import type { RoleObjects } from '../jobs/role-objects';
import type { Running } from '../jobs/warm-interpreter';

/** The connection was refused: the process is gone and has not seen the request. */
class NobodyListens extends AwsError {
  constructor(message: string, log: string) {
    const { code, message: text, status, detail } = modelError(0, message, log);
    super(code, text, status, detail);
  }
}

/** What a model server is started with: one container of a model, resolved. */
export interface ModelSource {
  readonly image: string;
  readonly roleArn: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The container has no network. */
  readonly isolated: boolean;
  /** s3:// of model.tar.gz, of another object or of a prefix. */
  readonly data?: { readonly uri: string; readonly packed: boolean; readonly prefix: boolean };
}

/** Container of a model document; a model package stands for its first container. */
export function modelSource(model: Body, packageOf: (arn: string) => Body): ModelSource {
  const container =
    model['PrimaryContainer'] === undefined ? (bodies(model, 'Containers')[0] ?? {}) : body(model, 'PrimaryContainer');
  const packageName = optionalText(container, 'ModelPackageName');
  const base =
    packageName === undefined
      ? container
      : (bodies(body(packageOf(packageName), 'InferenceSpecification'), 'Containers')[0] ?? {});
  const s3 = body(body(base, 'ModelDataSource'), 'S3DataSource');
  const url = optionalText(base, 'ModelDataUrl');
  const data =
    url !== undefined
      ? { uri: url, packed: true, prefix: false }
      : s3['S3Uri'] === undefined
        ? undefined
        : {
            uri: text(s3, 'S3Uri'),
            packed: optionalText(s3, 'CompressionType') === 'Gzip',
            prefix: optionalText(s3, 'S3DataType') === 'S3Prefix',
          };
  return {
    image: text(base, 'Image'),
    roleArn: text(model, 'ExecutionRoleArn'),
    isolated: model['EnableNetworkIsolation'] === true,
    environment: {
      ...(body(base, 'Environment') as Record<string, string>),
      ...(body(container, 'Environment') as Record<string, string>),
    },
    ...(data === undefined ? {} : { data }),
  };
}

/** What the account tells its model server, which takes it away before a script sees the environment. */
const serverSettings = 'MOORING_SERVER';

/** A model that did not come up: the reason goes into the endpoint's FailureReason. */
export class ModelNotServing extends Error {}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly contentType: string;
}

export interface ModelServerOptions {
  /** Folder of this server. */
  readonly folder: string;
  readonly name: string;
  /** Where it writes, e.g. /aws/sagemaker/Endpoints/<endpoint>. */
  readonly logGroup: string;
  /** Seconds of real time that the model may take to load. */
  readonly startupTimeout: number;
  readonly limits?: ArchiveLimits;
}

/** One process that serves one model over loopback HTTP. A process that ended is started again by the next request. */
export class ModelServer {
  private starting: Promise<{ readonly running: Running; readonly port: number }> | undefined;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private inFlight = 0;
  private stopped = false;
  private readonly folder: JobFolder;
  private readonly interpreter: ImageInterpreter;

  constructor(
    private readonly parts: JobParts,
    private readonly source: ModelSource,
    private readonly options: ModelServerOptions,
  ) {
    this.folder = new JobFolder(options.folder);
    this.interpreter = parts.interpreters.of(source.image);
  }

  get roleArn(): string {
    return this.source.roleArn;
  }

  get log(): string {
    return this.folder.log;
  }

  /** Downloads and loads the model. @throws ModelNotServing with the script's last lines. */
  async start(): Promise<void> {
    await this.process();
  }

  /** One inference. @throws AwsError ModelError when the process cannot answer. */
  async invoke(payload: Buffer, headers: Readonly<Record<string, string>>, timeoutSeconds = 60): Promise<Answer> {
    this.inFlight += 1;
    try {
      const process = this.process();
      try {
        return await this.post((await process).port, payload, headers, timeoutSeconds);
      } catch (error) {
        if (!(error instanceof NobodyListens)) throw error;
        // The process died and its end has not been reported yet. It never saw this request, so a new one may answer it.
        if (this.starting === process) this.starting = undefined;
        return await this.post((await this.process()).port, payload, headers, timeoutSeconds);
      }
    } finally {
      this.inFlight -= 1;
    }
  }

  /** Ends the process, after the requests it is working on. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (let waited = 0; this.inFlight > 0 && waited < 200; waited += 1)
      await new Promise((done) => setTimeout(done, 25));
    const server = await this.starting?.catch(() => undefined);
    server?.running.kill(9);
    this.agent.destroy();
    rmSync(this.folder.ml, { recursive: true, force: true });
  }

  private process(): Promise<{ readonly running: Running; readonly port: number }> {
    if (this.starting !== undefined) return this.starting;
    const starting = this.launch();
    this.starting = starting;
    const forget = (): void => {
      if (!this.stopped && this.starting === starting) this.starting = undefined;
    };
    starting.then(({ running }) => running.ended.then(forget, forget), forget);
    return starting;
  }

  private async launch(): Promise<{ readonly running: Running; readonly port: number }> {
    let running: Running | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const env = await this.materialise();
      for (const note of await this.interpreter.notes()) appendFileSync(this.folder.log, `${note}\n`);
      running = await startContainer(
        this.interpreter.warm,
        { folder: this.folder, command: ['serve'], cwd: '/opt/ml/model', env, isolated: this.source.isolated },
        'server',
      );
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new Error(`it did not answer /ping within ${this.options.startupTimeout} s`)),
          this.options.startupTimeout * 1000,
        );
      });
      const port = await Promise.race([running.listening, late]);
      return { running, port };
    } catch (error) {
      running?.kill(9);
      const last = lastLines(this.folder.log);
      throw new ModelNotServing(
        `${(error as Error).message}${last === '' ? '' : `. Last lines:\n${last}`}\nLog: ${this.folder.log}`,
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** Puts the artefact to /opt/ml/model and says which environment the server runs in. */
  private async materialise(): Promise<Readonly<Record<string, string>>> {
    const { source, folder } = this;
    const { framework } = imageOf(source.image);
    const objects = objectsOf(this.parts, source.roleArn);
    roleLogs(this.parts, objects, source.image).append(this.options.logGroup, this.options.name, [
      `the model server of ${this.options.name} starts`,
    ]);
    rmSync(folder.ml, { recursive: true, force: true });
    const model = folder.folder('/opt/ml/model');
    if (source.data !== undefined) await this.download(objects, model);
    const code = source.environment['SAGEMAKER_SUBMIT_DIRECTORY'];
    const own: Record<string, string> = {};
    if (code?.startsWith('s3://') === true) {
      const archive = join(folder.path, 'sourcedir.tar.gz');
      await objects.downloadObject(code, archive);
      await unpackSafely(archive, folder.folder('/opt/ml/code'), this.options.limits);
      own['SAGEMAKER_SUBMIT_DIRECTORY'] = '/opt/ml/code';
    }
    return {
      ...baseEnvironment(this.parts, {
        role: source.roleArn,
        name: this.options.name,
        folder: folder.path,
        python: this.interpreter.python,
      }),
      // Set by the images' build files.
      SM_MODEL_DIR: '/opt/ml/model',
      ...source.environment,
      ...own,
      [serverSettings]: JSON.stringify({ framework, isolated: source.isolated }),
    };
  }

  private async download(objects: RoleObjects, model: string): Promise<void> {
    const data = this.source.data;
    if (data === undefined) return;
    if (data.prefix) {
      await objects.downloadPrefix(data.uri, model);
      return;
    }
    const file = join(this.folder.path, 'model.download');
    mkdirSync(this.folder.path, { recursive: true });
    await objects.downloadObject(data.uri, file);
    if (data.packed) await unpackSafely(file, model, this.options.limits);
    else renameSync(file, join(model, data.uri.slice(data.uri.lastIndexOf('/') + 1)));
  }

  private post(
    port: number,
    payload: Buffer,
    headers: Readonly<Record<string, string>>,
    timeoutSeconds: number,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const broken = (message: string): void => reject(modelError(0, message, this.folder.log));
      const call = request(
        {
          host: '127.0.0.1',
          port,
          path: '/invocations',
          method: 'POST',
          agent: this.agent,
          headers: { ...headers, 'content-length': payload.length },
          timeout: timeoutSeconds * 1000,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              body: Buffer.concat(chunks),
              contentType: response.headers['content-type'] ?? '',
            }),
          );
          response.on('error', (error) => broken(error.message));
        },
      );
      call.on('timeout', () =>
        call.destroy(
          new Error(
            `Your invocation timed out while waiting for a response from container primary (${timeoutSeconds} s)`,
          ),
        ),
      );
      call.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNREFUSED'
          ? reject(new NobodyListens(error.message, this.folder.log))
          : broken(error.message),
      );
      call.end(payload);
    });
  }
}

/** What InvokeEndpoint answers for a container's error: the original status and message inside a ModelError. */
export function modelError(status: number, message: string, log: string): AwsError {
  const kind = status >= 400 && status < 500 ? 'client' : 'server';
  return new AwsError(
    'ModelError',
    `Received ${kind} error (${status}) from primary with message "${message.slice(0, 2000)}". See ${log} for more information.`,
    424,
    {
      OriginalStatusCode: status === 0 ? 500 : status,
      OriginalMessage: message.slice(0, 4000),
      LogStreamArn: log,
    },
  );
}
