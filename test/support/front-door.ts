import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { zipSync } from 'fflate';
import { prefixes, resourceNames, stackNames } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { FoundationStack } from '../../lib/foundation/foundation-stack';
import { FunctionBundles } from '../../lib/functions/function-bundles';
import { MooringFunction } from '../../lib/functions/mooring-function';
import { FrontDoorStack } from '../../lib/serving/front-door-stack';
import { environment } from '../../contracts/environment';
import { labelSettings } from '../../contracts/function-settings';
import { allowKey, allowWrite } from '../../lib/config/grants';
import { Laptop } from '@mooring/local-account/test/support/laptop';
import { root } from './app';
import {
  capture,
  createConfig,
  createEndpoint,
  createModel,
  updateEndpoint,
  variant,
} from '@mooring/local-account/test/support/serving';
import { doorUseCase } from './door-use-case';
import { Sha256 } from '@mooring/local-account/src/core/sha256';
import { clientConfig, control } from '@mooring/local-account/test/support/clients';

type Settings = Readonly<Record<string, unknown>>;

/** A model that knows its version; the score falls with age and rises with income. `income` 666 crashes it, 667 is refused. */
const model = `import json, os
class BadRequest(Exception):
    def __call__(self, environ, start_response):
        start_response("400 Bad Request", [("Content-Type", "text/plain")])
        return [str(self).encode()]
def model_fn(model_dir):
    return int(os.environ.get("MOORING_MODEL_VERSION", "0"))
def input_fn(body, content_type):
    return json.loads(body)["instances"]
def predict_fn(rows, model):
    found = []
    for row in rows:
        income = row["income"] or 0
        if income == 666:
            raise RuntimeError("out of cheese")
        if income == 667:
            return BadRequest("income 667 is not plausible")
        score = min(1.0, max(0.0, 0.5 - (row["age"] - 40) / 200 + (income - 1000) / 10000))
        found.append({"label": int(score > 0.5), "score": score})
    return {"predictions": found, "model_version": model}
def output_fn(prediction, accept):
    return prediction if callable(prediction) else (json.dumps(prediction), "application/json")
`;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: Settings;
}

export interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Default: the administrator's keys. */
  readonly keys?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  /** A token instead of a signature, or nothing at all. */
  readonly token?: string;
  readonly unsigned?: boolean;
}

/** A local account with the foundation, the front door of {@link doorUseCase}, a model behind it and a role that may call. */
export class FrontDoor {
  url = '';
  private constructor(
    readonly laptop: Laptop,
    readonly useCase: UseCase,
  ) {}

  static async open(useCase: UseCase = doorUseCase()): Promise<FrontDoor> {
    const door = new FrontDoor(await Laptop.start(), useCase);
    await door.deploy();
    return door;
  }

  /** Brings a model with its baselines up, as the deploy function does. */
  async serve(version = 3): Promise<void> {
    const { laptop, useCase } = this;
    const name = resourceNames.endpoint(useCase.name);
    await createModel(laptop, 'door-model', model.replace('"0"', `"${version}"`));
    await createConfig(laptop, 'door-config', [variant('door-model')], { DataCaptureConfig: capture });
    await createEndpoint(laptop, name, 'door-config');
    await this.release(version);
  }

  /** Another version takes the endpoint over; it is not released yet. */
  async swap(version: number): Promise<void> {
    const name = `door-v${version}`;
    await createModel(this.laptop, name, model.replace('"0"', `"${version}"`));
    await createConfig(this.laptop, name, [variant(name)], { DataCaptureConfig: capture });
    await updateEndpoint(this.laptop, resourceNames.endpoint('door'), name);
  }

  /** Writes the live files. */
  async release(version: number): Promise<void> {
    const write = (file: string, content: unknown): void =>
      void this.laptop.account.parts.s3.put(
        this.artifacts(),
        `${prefixes.live('door')}/${file}`,
        JSON.stringify(content),
      );
    write('manifest.json', {
      use_case: 'door',
      stage: 'production',
      version,
      package_arn: `arn:aws:sagemaker:us-east-1:000000000000:model-package/door-models/${version}`,
      deployed_at: '2026-11-20T09:00:00Z',
      metadata: { git_commit: 'abc', data_hash: 'sha256:1', config_hash: 'c0ffee' },
    });
    write('constraints.json', { features: [{ name: 'region', string_constraints: { domains: ['north', 'south'] } }] });
    const buckets = [
      { value: 'south', count: 3 },
      { value: 'north', count: 9 },
    ];
    write('statistics.json', {
      features: [
        { name: 'age', numerical_statistics: { mean: 50.4 } },
        { name: 'income', numerical_statistics: { mean: 1000 } },
        { name: 'region', string_statistics: { distribution: { categorical: { buckets } } } },
      ],
    });
  }

  predict(body: unknown, more: Ask = {}): Promise<Answer> {
    return this.ask({ method: 'POST', path: '/predict', body: JSON.stringify(body), ...more });
  }

  /** One request; JSON unless its headers say otherwise. */
  async ask({ method = 'GET', path = '/', body, token, unsigned, keys, headers = {} }: Ask): Promise<Answer> {
    const { hostname, port, pathname } = new URL(this.url);
    const plain = {
      host: `${hostname}:${port}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const [bare = '', search = ''] = path.split('?');
    const full = `${pathname}${bare}`;
    const signed =
      token !== undefined || unsigned === true
        ? { ...plain, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
        : await signedHeaders({
            method,
            hostname,
            path: full,
            query: search,
            headers: plain,
            body,
            keys: keys ?? this.laptop.account.keys,
          });
    return send({ hostname, port, method, path: search === '' ? full : `${full}?${search}`, headers: signed, body });
  }

  /** How often the model was asked. */
  invocations(): number {
    return this.laptop.account.trace
      .read()
      .filter(({ type, data }) => type === 'api.call' && 'operation' in data && data.operation === 'InvokeEndpoint')
      .length;
  }

  /** Keys of the role that has the front door's policy (`Caller`), or of one that has none (`Stranger`). */
  async keysOf(role: 'Caller' | 'Stranger'): Promise<NonNullable<Ask['keys']>> {
    const sts = new STSClient(clientConfig(this.laptop.account));
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: this.roleArn(role), RoleSessionName: 'test' }),
    );
    return {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
  }

  async token(more: Settings = {}): Promise<string> {
    const given = { issuer: 'https://login.example.com/', audience: 'doors', scopes: ['predict'], ...more };
    const answer = await control(this.laptop.account, 'POST', '/_local/tokens', given);
    return ((await answer.json()) as { readonly token: string }).token;
  }

  async close(): Promise<void> {
    await this.laptop.stop();
  }

  artifacts(): string {
    return String(this.laptop.account.parts.store.collection<string>('test.front-door').get('artifacts'));
  }

  private roleArn(role: string): string {
    return `arn:aws:iam::000000000000:role/door-${role.toLowerCase()}`;
  }

  private async deploy(): Promise<void> {
    const outdir = mkdtempSync(join(tmpdir(), 'mooring-door-'));
    synth(this.useCase, outdir);
    const cloudFormation = new CloudFormationClient(clientConfig(this.laptop.account));
    await this.publish(outdir);
    for (const StackName of [stackNames.foundation, 'Door-Labels', stackNames.frontDoor('door')]) {
      const TemplateBody = readFileSync(join(outdir, `${StackName}.template.json`), 'utf8');
      await cloudFormation.send(
        new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }),
      );
      await this.laptop.account.clock.settled();
      const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
      const [stack] = Stacks;
      if (stack?.StackStatus !== 'CREATE_COMPLETE') throw new Error(`${StackName}: ${stack?.StackStatusReason}`);
      this.url = stack.Outputs?.find((each) => each.OutputKey === 'Url')?.OutputValue ?? this.url;
      const bucketName = stack.Outputs?.find((each) => each.OutputKey === 'ArtifactsName')?.OutputValue;
      if (bucketName !== undefined)
        this.laptop.account.parts.store.collection('test.front-door').put('artifacts', bucketName);
    }
    rmSync(outdir, { recursive: true, force: true });
  }

  /** What `cdk deploy` does with file assets. */
  private async publish(outdir: string): Promise<void> {
    for (const manifest of readdirSync(outdir).filter((each) => each.endsWith('.assets.json'))) {
      const { files } = JSON.parse(readFileSync(join(outdir, manifest), 'utf8')) as {
        readonly files: Readonly<
          Record<
            string,
            {
              readonly source: { readonly path: string; readonly packaging: string };
              readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
            }
          >
        >;
      };
      for (const { source, destinations } of Object.values(files)) {
        if (source.packaging !== 'zip') continue;
        const Body = zipped(join(outdir, source.path));
        for (const { objectKey } of Object.values(destinations))
          await this.laptop.s3.send(
            new PutObjectCommand({ Bucket: 'cdk-hnb659fds-assets-000000000000-us-east-1', Key: objectKey, Body }),
          );
      }
    }
  }
}

function synth(useCase: UseCase, outdir: string): void {
  // The template validator takes longer than the rest.
  process.env.CDK_VALIDATION = 'false';
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: Settings };
  const app = new App({ outdir, context: { ...context }, analyticsReporting: false });
  const foundation = new FoundationStack(app, stackNames.foundation);
  new CfnOutput(foundation, 'ArtifactsName', { value: foundation.artifactBucket.bucketName });
  const bundles = new FunctionBundles(root);
  labelStack(app, useCase, foundation, bundles);
  if (useCase.api === undefined) throw new Error('the use case has no front door');
  const door = new FrontDoorStack(app, stackNames.frontDoor(useCase.name), {
    useCase,
    api: useCase.api,
    foundation,
    bundles,
  });
  callers(door);
  app.synth();
  bundles.dispose();
}

function labelStack(app: App, useCase: UseCase, foundation: FoundationStack, bundles: FunctionBundles): void {
  const stack = new Stack(app, 'Door-Labels');
  const label = new MooringFunction(stack, 'Label', {
    code: 'label',
    functionName: resourceNames.labelFunction(useCase.name),
    description: 'labels',
    bundles,
    deadLetters: foundation.deadLetters,
    topic: foundation.topic,
    key: foundation.key,
    environment: {
      [environment.useCase]: useCase.name,
      [environment.dataBucket]: foundation.dataBucket.bucketName,
      [environment.settings]: JSON.stringify(labelSettings(useCase)),
    },
  });
  allowWrite(label.role, 'GroundTruth', foundation.dataBucket, [prefixes.groundTruth(useCase.name)]);
  allowKey(label.role, foundation.key);
}

function callers(door: FrontDoorStack): void {
  const role = (id: string, policies: iam.IManagedPolicy[]): iam.Role =>
    new iam.Role(door, id, {
      roleName: `door-${id.toLowerCase()}`,
      assumedBy: new iam.AccountRootPrincipal(),
      managedPolicies: policies,
    });
  const policy = door.node.findChild('Api').node.tryFindChild('Callers');
  role('Caller', policy instanceof iam.ManagedPolicy ? [policy] : []);
  role('Stranger', []);
}

function zipped(folder: string): Buffer {
  const files: Record<string, Uint8Array> = {};
  const walk = (path: string): void => {
    for (const name of readdirSync(path)) {
      const file = join(path, name);
      if (statSync(file).isDirectory()) walk(file);
      else files[relative(folder, file)] = readFileSync(file);
    }
  };
  walk(folder);
  return Buffer.from(zipSync(files));
}

async function signedHeaders(given: {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
  readonly keys: NonNullable<Ask['keys']>;
}): Promise<Readonly<Record<string, string>>> {
  const signer = new SignatureV4({
    credentials: given.keys,
    region: 'us-east-1',
    service: 'execute-api',
    sha256: Sha256,
  });
  const { headers } = await signer.sign({
    method: given.method,
    protocol: 'http:',
    hostname: given.hostname,
    path: given.path,
    query: Object.fromEntries(new URLSearchParams(given.query)),
    headers: { ...given.headers },
    body: given.body,
  });
  return headers;
}

function send(given: {
  readonly hostname: string;
  readonly port: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}): Promise<Answer> {
  const { body, ...options } = given;
  return new Promise((done, fail) => {
    const call = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const headers = response.headers as Record<string, string>;
        const isJson = /json/.test(headers['content-type'] ?? '');
        done({ status: response.statusCode ?? 0, headers, text, body: isJson ? (JSON.parse(text) as Settings) : {} });
      });
    });
    call.on('error', fail);
    call.end(body);
  });
}
