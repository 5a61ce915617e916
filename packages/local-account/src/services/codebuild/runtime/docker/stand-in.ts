import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { keysOfEnvironment } from '../../../../core/account-keys';
import { signedFetch } from '../../../../core/signed-fetch';

/**
 * Docker as far as publishing an image to the local account needs it: inspect, build, tag, login, push.
 *
 * Nothing is built. An "image" is the hash of what it would be made from, and the title that its Dockerfile gives it; by
 * that title the account knows what to run in its place. Titles of what it cannot run are taken, too: the job that wants
 * such an image is refused, not the deployment.
 */

interface Built {
  readonly digest: string;
  readonly title: string;
}

export interface Streams {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Where builds of this user are noted, by tag. */
const notes = (): string => join(tmpdir(), `mooring-docker-${userInfo().username}`);

const noteOf = (tag: string): string => join(notes(), `${createHash('sha256').update(tag).digest('hex')}.json`);

function note(tag: string, built: Built): void {
  mkdirSync(notes(), { recursive: true, mode: 0o700 });
  writeFileSync(noteOf(tag), JSON.stringify(built));
}

function noted(tag: string): Built {
  if (!existsSync(noteOf(tag))) throw new Error(`No such image: ${tag}`);
  return JSON.parse(readFileSync(noteOf(tag), 'utf8')) as Built;
}

/** Digest of a build's context and its Dockerfile's name: it changes when the image could. */
function digestOf(context: string, dockerfile: string): string {
  const hash = createHash('sha256').update(relative(context, dockerfile));
  const files = readdirSync(context, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(context, name)).isFile())
    .sort();
  for (const name of files) hash.update(`\0${name.split(sep).join('/')}\0`).update(readFileSync(join(context, name)));
  return `sha256:${hash.digest('hex')}`;
}

/** The label by which images say what they are. */
function titleOf(dockerfile: string): string {
  const label = /^LABEL\s+org\.opencontainers\.image\.title="?([^"\s]+)"?\s*$/m;
  return label.exec(readFileSync(dockerfile, 'utf8'))?.[1] ?? 'untitled';
}

function build(args: readonly string[]): string {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      tag: { type: 'string', short: 't' },
      file: { type: 'string', short: 'f' },
      platform: { type: 'string' },
      'build-arg': { type: 'string', multiple: true },
      network: { type: 'string' },
    },
  });
  const [context = '.'] = positionals;
  if (values.tag === undefined) throw new Error('build needs --tag');
  // Like Docker: a given file is relative to where the command runs, not to the context.
  const dockerfile = resolve(values.file ?? join(context, 'Dockerfile'));
  const built = { digest: digestOf(resolve(context), dockerfile), title: titleOf(dockerfile) };
  note(values.tag, built);
  return `${values.tag}: ${built.title} ${built.digest} (noted, not built: the local account has no Docker)`;
}

async function push(args: readonly string[], { env }: Streams): Promise<string> {
  const reference = args.filter((each) => !each.startsWith('-')).at(-1) ?? '';
  const [, repository, tag] = /^[^/]+\/([^:@]+):([^:@]+)$/.exec(reference) ?? [];
  if (repository === undefined || tag === undefined) throw new Error(`push needs <registry>/<repository>:<tag>`);
  if (env['AWS_ENDPOINT_URL'] === undefined)
    throw new Error('this stand-in for Docker pushes to a local account only; set AWS_ENDPOINT_URL (npx mooring env)');
  const { digest, title } = noted(reference);
  const answer = await signedFetch(new URL('/_local/images', env['AWS_ENDPOINT_URL']), keysOfEnvironment(env), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ repository, tag, digest, title }),
  });
  if (!answer.ok) throw new Error(`push of ${reference} failed: ${await answer.text()}`);
  return `${tag}: digest: ${digest}`;
}

async function run([command = '', ...args]: readonly string[], streams: Streams): Promise<string> {
  switch (command) {
    case 'inspect':
      return JSON.stringify([noted(args.at(-1) ?? '')]);
    case 'build':
      return build(args);
    case 'tag':
      note(args[1] ?? '', noted(args[0] ?? ''));
      return '';
    case 'login':
      return 'Login Succeeded';
    case 'push':
      return push(args, streams);
    default:
      throw new Error(
        `'${command}' is not supported by the local account's stand-in for Docker; it knows build, inspect, login, push and tag`,
      );
  }
}

/** @returns the exit code: 1 for every failure, as `docker inspect` of an unknown image has it. */
export async function main(args: readonly string[], streams: Streams): Promise<number> {
  try {
    const said = await run(args, streams);
    if (said !== '') streams.stdout.write(`${said}\n`);
    return 0;
  } catch (error) {
    streams.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
