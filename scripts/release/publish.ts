import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Zippable, zipSync } from 'fflate';
import { UserError } from '../../contracts/errors';
import { type Environment, isLocal, required } from './stage';

interface Destination {
  readonly bucketName: string;
  readonly objectKey: string;
  readonly region?: string;
  readonly assumeRoleArn?: string;
}

interface FileAsset {
  readonly source: { readonly path?: string; readonly packaging?: 'zip' | 'file' };
  readonly destinations: Readonly<Record<string, Destination>>;
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, FileAsset>>;
  readonly dockerImages?: Readonly<Record<string, unknown>>;
}

/** A folder as one zip that depends on contents only. ZIP cannot express earlier times than 1980. */
function zipped(folder: string): Uint8Array {
  const entries: Zippable = {};
  const add = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const file = join(path, name);
      if (statSync(file).isDirectory()) add(file);
      else
        entries[relative(folder, file).split(sep).join('/')] = [
          readFileSync(file),
          { mtime: new Date(1980, 0, 1), os: 3, attrs: (statSync(file).mode & 0xffff) << 16 },
        ];
    }
  };
  add(folder);
  return zipSync(entries);
}

/** Publishes the assets of one account after another, with the publishing roles that the manifests name. */
class Publisher {
  private readonly clients = new Map<string, Promise<S3Client>>();
  private identity: Promise<string> | undefined;

  constructor(private readonly env: Environment) {}

  /** Uploads an asset unless its destination has it: keys are hashes of the content. */
  async publish(folder: string, id: string, { source, destinations }: FileAsset): Promise<number> {
    let uploaded = 0;
    for (const raw of Object.values(destinations)) {
      const destination = await this.resolved(raw);
      const { bucketName: Bucket, objectKey: Key } = destination;
      const s3 = await this.client(destination);
      if (await exists(s3, Bucket, Key)) continue;
      if (source.path === undefined)
        throw new UserError(`the asset ${id} is made by a program; files and folders are supported`);
      const path = join(folder, source.path);
      const Body = source.packaging === 'zip' ? zipped(path) : readFileSync(path);
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      uploaded += 1;
    }
    return uploaded;
  }

  private async resolved(destination: Destination): Promise<Destination> {
    const values: Readonly<Record<string, string>> = {
      'AWS::AccountId': await this.account(),
      'AWS::Region': required(this.env, 'AWS_REGION'),
      'AWS::Partition': 'aws',
    };
    const filled = JSON.stringify(destination).replaceAll(
      /\$\{(AWS::\w+)\}/g,
      (text, name: string) => values[name] ?? text,
    );
    return JSON.parse(filled) as Destination;
  }

  private account(): Promise<string> {
    this.identity ??= new STSClient({}).send(new GetCallerIdentityCommand({})).then(({ Account = '' }) => Account);
    return this.identity;
  }

  private client({ assumeRoleArn = '', region }: Destination): Promise<S3Client> {
    const key = `${assumeRoleArn} ${region ?? ''}`;
    const known = this.clients.get(key);
    if (known !== undefined) return known;
    const made = this.connect(assumeRoleArn, region);
    this.clients.set(key, made);
    return made;
  }

  private async connect(RoleArn: string, region: string | undefined): Promise<S3Client> {
    const place = {
      ...(region === undefined ? {} : { region }),
      ...(isLocal(this.env) ? { forcePathStyle: true } : {}),
    };
    if (RoleArn === '') return new S3Client(place);
    const { Credentials } = await new STSClient({}).send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'publish-assets' }),
    );
    if (Credentials?.AccessKeyId === undefined || Credentials.SecretAccessKey === undefined)
      throw new Error(`STS gave no credentials for ${RoleArn}`);
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = Credentials;
    return new S3Client({ ...place, credentials: { accessKeyId, secretAccessKey, sessionToken } });
  }
}

async function exists(s3: S3Client, Bucket: string, Key: string): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket, Key }));
    return true;
  } catch (error) {
    if (error instanceof Error && ['NotFound', 'NoSuchKey'].includes(error.name)) return false;
    throw error;
  }
}

/**
 * Publishes all file assets of the assembly that a manifest lies in, once: later calls for the same assembly do nothing.
 *
 * @param manifest `<assembly>/<stack>.assets.json`
 * @throws UserError for container images, which need Docker.
 */
export async function publish(manifest: string, env: Environment): Promise<string> {
  const folder = dirname(manifest);
  const marker = join(folder, '.published');
  if (existsSync(marker)) return `${folder} is published`;
  const publisher = new Publisher(env);
  let [files, uploaded] = [0, 0];
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.assets.json'))) {
    const content = JSON.parse(readFileSync(join(folder, name), 'utf8')) as AssetManifest;
    if (Object.keys(content.dockerImages ?? {}).length > 0)
      throw new UserError(
        `${name} holds container images; build and push them before the release and name them in use-case.yaml`,
      );
    for (const [id, asset] of Object.entries(content.files ?? {})) {
      files += 1;
      uploaded += await publisher.publish(folder, id, asset);
    }
  }
  writeFileSync(marker, '');
  return `${folder}: ${files} assets, ${uploaded} uploaded`;
}
