import { execFile } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { strToU8, unzipSync, zipSync, type Zippable } from 'fflate';
import { AwsError, Unsupported } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import type { Principal } from '../../../core/service';

const run = promisify(execFile);

/** An artifact in S3: a zip of files, or the reference to a commit that CodeBuild clones itself. */
export interface SourceArtifact {
  readonly bucket: string;
  readonly key: string;
}

/** A commit that a build clones itself. */
export interface CloneReference {
  readonly repository: string;
  readonly commit: string;
  /** ARN. */
  readonly connection: string;
}

/** The only file of an artifact of format CODEBUILD_CLONE_REF. */
const cloneReference = 'codepipeline-clone-reference.json';

/** Bytes of an artifact that refers to a commit. */
export const cloneArtifact = (reference: CloneReference): Uint8Array =>
  zipSync({ [cloneReference]: strToU8(JSON.stringify(reference)) });

/** Unpacks an artifact into a folder, or clones what it refers to, with the whole history and all tags. */
export async function extractSource(
  account: Pick<AccountParts, 's3' | 'peer' | 'iam' | 'host'>,
  { bucket, key }: SourceArtifact,
  folder: string,
  principal: Principal,
): Promise<void> {
  const files = unzipSync(account.s3.read(bucket, key));
  const reference = files[cloneReference];
  if (reference === undefined) return writeFiles(files, folder);
  const { repository, commit, connection } = JSON.parse(Buffer.from(reference).toString()) as CloneReference;
  const action = `${connection.split(':')[2] ?? ''}:UseConnection`;
  account.iam.authorize(principal, [{ action, resource: connection }]);
  const bare = account.peer('repositories').path(repository);
  const env = account.host.for('tool');
  await run('git', ['clone', '--quiet', '--no-checkout', bare, folder], { env });
  await run('git', ['-C', folder, '-c', 'advice.detachedHead=false', 'checkout', '--quiet', commit], { env });
}

function writeFiles(files: Readonly<Record<string, Uint8Array>>, folder: string): void {
  const root = resolve(folder);
  for (const [name, content] of Object.entries(files)) {
    const target = resolve(root, name);
    if (target !== root && !target.startsWith(root + sep))
      throw new AwsError('InvalidArtifact', `the artifact holds '${name}', which leads out of its folder`);
    if (name.endsWith('/')) {
      mkdirSync(target, { recursive: true });
      continue;
    }
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    // Bundled programs keep their interpreter line working.
    if (content[0] === 0x23 && content[1] === 0x21) chmodSync(target, 0o755);
  }
}

/** Zips a build's output. @throws AwsError when there is nothing to zip. */
export function zipFolder(folder: string, patterns: readonly string[]): Buffer {
  if (patterns.some((pattern) => pattern !== '**/*'))
    throw new Unsupported(`artifacts.files other than '**/*' in a buildspec (${patterns.join(', ')})`);
  const entries: Zippable = {};
  const add = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const file = join(path, name);
      if (lstatSync(file).isSymbolicLink()) continue;
      if (statSync(file).isDirectory()) add(file);
      else entries[relative(folder, file).split(sep).join('/')] = [readFileSync(file), { level: 1 }];
    }
  };
  try {
    add(folder);
  } catch (error) {
    throw new AwsError('CLIENT_ERROR', `no matching base directory path found for ${folder}: ${String(error)}`);
  }
  if (Object.keys(entries).length === 0) throw new AwsError('CLIENT_ERROR', 'no matching artifact paths found');
  return Buffer.from(zipSync(entries));
}
