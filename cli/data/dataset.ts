import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { UserError } from '@mooring/use-case/errors';
import { prefixes, stackNames } from '../../contracts/names';
import type { Clients } from '../shared/clients';
import { type Foundation, listStacks, readFoundation } from '../shared/foundation';
import type { Project } from '../shared/project';

/** Runs a Python script of the project. @throws UserError with its last lines. */
export function python(project: Project, args: readonly string[], what: string): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(project.python, [...args], { cwd: project.root, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-4000)));
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0 ? done() : fail(new UserError(`${what} failed (exit code ${code ?? 'none'}):\n${errors.trim()}`)),
    );
  });
}

/** Generator script of a use case, when it has one. */
export function generatorOf(project: Project, useCase: string): string | undefined {
  const file = join(project.root, 'pipeline-defs', useCase, 'generator.py');
  return existsSync(file) ? file : undefined;
}

/** Path of a given data file. @throws UserError when there is none or it is empty. */
export function givenFile(given: string): string {
  const file = resolve(given);
  if (!existsSync(file) || !statSync(file).isFile())
    throw new UserError(`--data ${given}: no such file; give the path of a CSV or Parquet file`);
  if (statSync(file).size === 0) throw new UserError(`--data ${given}: the file is empty`);
  return file;
}

/** The file to train on: the one given, else what the use case's generator makes (kept, since it is seeded), else none. */
export async function datasetFile(
  project: Project,
  useCase: string,
  given: string | undefined,
): Promise<string | undefined> {
  if (given !== undefined) return givenFile(given);
  const generator = generatorOf(project, useCase);
  if (generator === undefined) return undefined;
  const version = createHash('sha256').update(readFileSync(generator)).digest('hex').slice(0, 12);
  const file = join(project.work, 'generated', useCase, `data-${version}.csv`);
  if (!existsSync(file)) {
    mkdirSync(join(file, '..'), { recursive: true });
    await python(project, [generator, 'data', '--output', file], `generating data for ${useCase}`);
  }
  return file;
}

function hashOf(file: string): Promise<string> {
  return new Promise((done, fail) => {
    const hash = createHash('sha256');
    createReadStream(file)
      .on('data', (chunk) => hash.update(chunk))
      .on('error', fail)
      .on('end', () => done(hash.digest('hex')));
  });
}

const noData = (useCase: string): UserError =>
  new UserError(`${useCase} has no data yet and no generator; give a file: npx mooring run ${useCase} --data FILE`);

async function newestUpload(clients: Clients, bucket: string, useCase: string): Promise<string | undefined> {
  const { Contents = [] } = await clients.s3.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefixes.raw(useCase)}/` }),
  );
  return [...Contents].sort((a, b) => (b.LastModified?.getTime() ?? 0) - (a.LastModified?.getTime() ?? 0))[0]?.Key;
}

/** Looks before anything is deployed for a run. @throws UserError when there is nothing to train on. */
export async function mustHaveData(
  project: Project,
  clients: Clients,
  useCase: string,
  given: string | undefined,
): Promise<void> {
  if (given !== undefined || generatorOf(project, useCase) !== undefined) return;
  const deployed = (await listStacks(clients)).some(({ name }) => name === stackNames.foundation);
  const bucket = deployed ? (await readFoundation(clients)).dataBucket : undefined;
  if (bucket === undefined || (await newestUpload(clients, bucket, useCase)) === undefined) throw noData(useCase);
}

/**
 * Uploads training data under a prefix named after its content, so that a run never overwrites another's data.
 *
 * @returns the prefix to train on; the newest uploaded one when there is no file.
 */
export async function uploadDataset(
  clients: Clients,
  foundation: Foundation,
  useCase: string,
  file: string | undefined,
): Promise<string> {
  const bucket = foundation.dataBucket;
  if (file === undefined) {
    const newest = await newestUpload(clients, bucket, useCase);
    if (newest === undefined) throw noData(useCase);
    return `s3://${bucket}/${newest.slice(0, newest.lastIndexOf('/'))}/`;
  }
  const prefix = `${prefixes.raw(useCase)}/${(await hashOf(file)).slice(0, 16)}`;
  await clients.s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: `${prefix}/${basename(file)}`,
      Body: createReadStream(file),
      ContentLength: statSync(file).size,
      ContentType: 'text/csv',
    }),
  );
  return `s3://${bucket}/${prefix}/`;
}
