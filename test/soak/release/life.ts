import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { GetPipelineCommand } from '@aws-sdk/client-codepipeline';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { LiveManifest } from '../../../contracts/records/live-manifest';
import { liveFiles, prefixes, resourceNames } from '../../../contracts/names';
import { pipelineParameters } from '../../../contracts/pipeline-parameters';
import { releaseNames } from '../../../contracts/release';
import { Account } from '@mooring/local-account';
import { clientsFor, type Clients } from '../../../cli/shared/clients';
import { invoke } from '../../../cli/shared/endpoint';
import { startExecution } from '../../../cli/shared/execution';
import { readFoundation } from '../../../cli/shared/foundation';
import { destroy } from '../../../cli/account/destroy';
import { lineageOf } from '../../../cli/release/lineage';
import { describePackage, listPackages } from '../../../cli/shared/registry';
import { openSession } from '../../../cli/shared/session';
import { root } from '../../support/app';
import { Executions } from '../../support/executions';
import { Checkout, nodeWith, npmWithoutRegistry } from './checkout';
import { listing } from './listing';

const useCase = 'credit-risk';

/** A local account with the real release pipeline, and a checkout that is pushed to it. */
export class ReleaseLife {
  readonly folder = mkdtempSync(join(tmpdir(), 'mooring-releases-'));
  readonly state = join(this.folder, 'account');
  /** Variables of the account's process, of which builds see PATH. */
  private readonly env: Record<string, string | undefined> = {
    ...process.env,
    PATH: `${npmWithoutRegistry(join(this.folder, 'npm'))}${delimiter}${process.env['PATH'] ?? ''}`,
  };
  readonly checkout = new Checkout(join(this.folder, 'checkout'), useCase);
  private readonly account = new Account({ folder: this.state, python: join(root, '.venv/bin/python'), env: this.env });
  private buckets = { data: '', artifacts: '' };
  /** What there was before anything was deployed. */
  before: readonly string[] = [];

  async start(): Promise<void> {
    this.checkout.create();
    await this.account.start();
    this.before = await this.listing();
    const options = ['--exclusively', '--require-approval', 'never', '-c', 'release=release.yaml'];
    await this.checkout.cdk(
      this.account,
      'deploy',
      ...options,
      'Mooring-Release/Staging/Mooring-Foundation',
      'Mooring-Release',
    );
    const { dataBucket, artifactBucket } = await readFoundation(this.clients);
    this.buckets = { data: dataBucket, artifacts: artifactBucket };
    await this.upload(2026);
    const [repository = ''] =
      /name: (\S+\/\S+)/.exec(readFileSync(join(this.checkout.folder, 'release.yaml'), 'utf8'))?.slice(1) ?? [];
    this.checkout.git('remote', 'add', 'origin', this.account.parts.peer('repositories').path(repository));
    await this.checkout.push('HEAD:refs/heads/main');
  }

  get clients(): Clients {
    return clientsFor(this.account.connection);
  }

  get executions(): Executions {
    return new Executions(this.account, releaseNames.pipeline, 600);
  }

  /** Runs the builds with further variables, until the answer is called. */
  buildsWith(variables: Readonly<Record<string, string>>): () => void {
    const path = this.env['PATH'];
    this.env['PATH'] = `${nodeWith(join(this.folder, 'node'), variables)}${delimiter}${path ?? ''}`;
    return () => {
      this.env['PATH'] = path;
    };
  }

  /** Generates the raw data anew. */
  async upload(seed: number): Promise<void> {
    const file = join(this.folder, 'data.csv');
    const generator = join(root, 'pipeline-defs', useCase, 'generator.py');
    execFileSync(join(root, '.venv/bin/python'), [generator, 'data', '--seed', String(seed), '--output', file]);
    const Key = `${prefixes.raw(useCase)}/data.csv`;
    await this.clients.s3.send(new PutObjectCommand({ Bucket: this.buckets.data, Key, Body: readFileSync(file) }));
  }

  async live(): Promise<LiveManifest> {
    return JSON.parse(await this.artifact(`${prefixes.live(useCase)}/${liveFiles.manifest}`)) as LiveManifest;
  }

  /** A file of an execution's record, or of the tag's. */
  record(tag: string, name: string): Promise<string> {
    return this.artifact(`${releaseNames.records(useCase, tag)}/${name}`);
  }

  private async artifact(Key: string): Promise<string> {
    const { Body } = await this.clients.s3.send(new GetObjectCommand({ Bucket: this.buckets.artifacts, Key }));
    return (await Body?.transformToString()) ?? '';
  }

  async pipelineVersion(): Promise<number> {
    const { pipeline } = await this.executions.client.send(new GetPipelineCommand({ name: releaseNames.pipeline }));
    return pipeline?.version ?? 0;
  }

  /** Executions of a tag, oldest first: those that its push started and those that were started with it. */
  async of(tag: string): Promise<readonly string[]> {
    const all = await this.executions.all();
    const ids: string[] = [];
    for (const { pipelineExecutionId: id = '', trigger } of all) {
      const variables = await this.executions.variables(id);
      if (trigger?.triggerDetail === `refs/tags/${tag}` || variables[releaseNames.tagVariable] === tag) ids.push(id);
    }
    return ids.reverse();
  }

  /** Answers a row of the test set in production and waits until it is captured. */
  async predict(inferenceId: string): Promise<void> {
    const [, row = ''] = readFileSync(join(this.folder, 'data.csv'), 'utf8').split('\n');
    const features = row.trim().split(',').slice(1, -1).join(',');
    await invoke(this.clients, resourceNames.endpoint(useCase), features, inferenceId);
    await this.account.clock.advance(120_000);
  }

  async lineage(inferenceId: string): Promise<Readonly<Record<string, string>>> {
    const session = await openSession({ root, work: this.folder, state: this.state, assembly: '', python: '' });
    const links = await lineageOf(session, useCase, { inferenceId });
    return Object.fromEntries(links.map(({ what, value }) => [what, value]));
  }

  /** What there is in the account, by kind and name. */
  listing(): Promise<readonly string[]> {
    return listing(this.clients, this.executions.client);
  }

  /** Starts the pipeline as the retrain function does. @returns metadata and digest of the newest version. */
  async retrain(): Promise<Readonly<Record<string, string>>> {
    const token = 'retrain-'.padEnd(40, '0');
    await startExecution(this.clients, useCase, { [pipelineParameters.trigger]: 'drift' }, token);
    await this.account.clock.settled();
    const [newest] = await listPackages(this.clients, useCase);
    const { CustomerMetadataProperties = {}, InferenceSpecification } = await describePackage(
      this.clients,
      newest?.arn ?? '',
    );
    return {
      ...CustomerMetadataProperties,
      image_digest: InferenceSpecification?.Containers?.[0]?.ImageDigest ?? 'none',
    };
  }

  /** `mooring destroy`. @returns what it told. */
  async destroy(empty: boolean): Promise<readonly string[]> {
    const told: string[] = [];
    const session = await openSession({ root, work: this.folder, state: this.state, assembly: '', python: '' });
    await destroy(session, [useCase], empty, (text) => void told.push(text));
    return told;
  }

  async stop(): Promise<void> {
    await this.account.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
