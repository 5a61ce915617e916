import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { prefixes, resourceNames } from '../../../contracts/names';
import { pipelineParameters } from '../../../contracts/pipeline-parameters';
import { Account } from '@mooring/local-account';
import { readAlarms } from '../../../cli/watch/alarms';
import { deploy } from '../../../cli/account/cdk';
import { clientsFor, type Clients } from '../../../cli/shared/clients';
import { readDecisions } from '../../../cli/watch/decisions';
import { stacksOf } from '../../../cli/account/deployment';
import { invoke } from '../../../cli/shared/endpoint';
import { readEndpoint } from '../../../cli/shared/endpoint';
import { readExecution, startExecution } from '../../../cli/shared/execution';
import { readFoundation, type Foundation } from '../../../cli/shared/foundation';
import { deliverLabels, type KnownLabel } from '../../../cli/data/labels';
import { root, testApp } from '../../support/app';
import { auc, type Day, parcels } from './rows';

/** What a day came to, for one use case. Seen at five in the morning after. */
export interface Seen {
  readonly firing: readonly string[];
  readonly decisions: readonly string[];
  readonly news: readonly string[];
  readonly version: number;
  /** Quality of the day's answers by the true labels. */
  readonly auc: number;
}

const begin = Date.parse('2026-03-01T00:00:00Z');
const hour = 3_600_000;
const rowsPerRequest = 20;

/** Use cases that live in a local account of their own, day by day, in virtual time. */
export class Life {
  private readonly folder = mkdtempSync(join(tmpdir(), 'mooring-story-'));
  private readonly account: Account;
  private readonly labels = new Map<string, KnownLabel[][]>();
  private readonly told = new Map<string, { news: number; decisions: number }>();
  private clients: Clients | undefined;
  private foundation: Foundation | undefined;

  constructor(
    private readonly useCases: readonly LoadedUseCase[],
    private readonly seed: number,
  ) {
    const born = Date.now();
    this.account = new Account({
      folder: join(this.folder, 'account'),
      python: join(root, '.venv/bin/python'),
      env: process.env,
      realNow: () => begin + Date.now() - born,
    });
  }

  get names(): readonly string[] {
    return this.useCases.map((each) => each.useCase.name);
  }

  /** Deploys everything and trains the first versions on `rows` parcels of the base data. */
  async start(rows = 3_000): Promise<void> {
    const assembly = join(this.folder, 'cdk.out');
    testApp(this.useCases, assembly).synth();
    await this.account.start();
    const { connection } = this.account;
    const project = { root, work: this.folder, state: join(this.folder, 'account'), assembly, python: '' };
    await deploy(project, connection, stacksOf(this.names, assembly));
    this.clients = clientsFor(connection);
    this.foundation = await readFoundation(this.clients);
    for (const { useCase } of this.useCases) {
      this.told.set(useCase.name, { news: 0, decisions: 0 });
      this.labels.set(useCase.name, []);
      await this.firstTraining(useCase.name, rows);
    }
    await this.advanceTo(3 * hour);
    this.told.forEach((each) => (each.news = this.inbox().length));
  }

  /** Lives through a day: requests at six, yesterday's labels at eighteen, monitors at midnight. */
  async live(index: number, day: Day, lost = false): Promise<Readonly<Record<string, Seen>>> {
    await this.advanceTo((index * 24 + 6) * hour);
    const scores = new Map<string, number>();
    for (const name of this.names) scores.set(name, await this.ask(name, index, day));
    await this.advanceTo((index * 24 + 7) * hour);
    if (lost) for (const name of this.names) await this.loseCapture(name);
    await this.advanceTo((index * 24 + 18) * hour);
    for (const name of this.names) await this.tellLabels(name, index - 1);
    await this.advanceTo((index * 24 + 29) * hour);
    const seen: Record<string, Seen> = {};
    for (const name of this.names) seen[name] = await this.look(name, scores.get(name) ?? NaN);
    return seen;
  }

  async stop(): Promise<void> {
    await this.account.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async firstTraining(name: string, rows: number): Promise<void> {
    const { clients, bucket } = this.connected();
    const base = parcels({ rows, shift: 0, turned: false }, this.seed);
    const csv = base.map((each) => [...each.cells, each.label].join(',')).join('\n');
    const Key = `${prefixes.raw(name)}/base/parcels.csv`;
    await clients.s3.send(
      new PutObjectCommand({ Bucket: bucket, Key, Body: `distance,load,weather,depot,late\n${csv}\n` }),
    );
    const inputs = { [pipelineParameters.inputData]: `s3://${bucket}/${prefixes.raw(name)}/base/` };
    const arn = await startExecution(clients, name, inputs, `${name}-first-${'0'.repeat(32)}`);
    await this.account.clock.settled();
    const { status, reason, steps } = await readExecution(clients, arn);
    if (status !== 'Succeeded')
      throw new Error(`the first training ended ${status}: ${reason ?? ''} ${JSON.stringify(steps)}`);
  }

  private async ask(name: string, index: number, day: Day): Promise<number> {
    const { clients } = this.connected();
    const rows = parcels(day, this.seed * 1_000 + index);
    const scored: { score: number; label: 0 | 1 }[] = [];
    const labels: KnownLabel[] = [];
    for (let start = 0; start < rows.length; start += rowsPerRequest) {
      const part = rows.slice(start, start + rowsPerRequest);
      const id = `day-${index}-${start}`;
      const body = part.map((each) => each.cells.join(',')).join('\n');
      const answer = await invoke(clients, resourceNames.endpoint(name), body, id);
      answer
        .split('\n')
        .forEach((line, at) => scored.push({ score: Number(line.split(',')[1]), label: part[at]?.label ?? 0 }));
      labels.push({ inference_id: id, label: part.map((each) => each.label) } as unknown as KnownLabel);
    }
    this.labels.get(name)?.push(labels);
    return auc(scored);
  }

  private async tellLabels(name: string, index: number): Promise<void> {
    const { clients } = this.connected();
    const labels = this.labels.get(name)?.[index] ?? [];
    if (labels.length > 0) await deliverLabels(clients, name, labels, this.account.clock.now().toISOString());
  }

  /** Capture failed: what was asked today never reached the bucket. */
  private async loseCapture(name: string): Promise<void> {
    const { clients, bucket } = this.connected();
    const today = this.account.clock.now().toISOString().slice(0, 10).replaceAll('-', '/');
    const { Contents = [] } = await clients.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefixes.capture(name)}/` }),
    );
    for (const { Key = '' } of Contents)
      if (Key.includes(`/${today}/`)) await clients.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  }

  private async look(name: string, quality: number): Promise<Seen> {
    const { clients } = this.connected();
    const before = this.told.get(name) ?? { news: 0, decisions: 0 };
    const decisions = await readDecisions(clients, name);
    const inbox = this.inbox();
    this.told.set(name, { news: inbox.length, decisions: decisions.length });
    const byTime = [...decisions].sort((a, b) => (a.time < b.time ? -1 : 1));
    return {
      firing: (await readAlarms(clients, name))
        .filter((each) => each.state === 'ALARM' && this.owns(name, each.name))
        .map((each) => each.name.slice(name.length + 1)),
      decisions: byTime.slice(before.decisions).map((each) => `${each.outcome} (${each.trigger})`),
      news: inbox
        .slice(before.news)
        .map((each) => each.subject)
        .filter((subject) => subject.startsWith(`[${name}]`))
        .map((subject) => subject.slice(name.length + 3)),
      version: (await readEndpoint(clients, name))?.version ?? 0,
      auc: quality,
    };
  }

  /** An alarm belongs to the use case with the longest name that it starts with. */
  private owns(name: string, alarm: string): boolean {
    return !this.names.some((other) => other.length > name.length && alarm.startsWith(`${other}-`));
  }

  private inbox(): readonly { readonly subject: string }[] {
    const control = this.account.support.modules
      .flatMap((each) => each.controls ?? [])
      .find((each) => each.path === '/_local/inbox' && each.method === 'GET');
    const { messages } = control?.handle({}) as { readonly messages: readonly { readonly subject: string }[] };
    return messages;
  }

  private async advanceTo(sinceBegin: number): Promise<void> {
    const wait = begin + sinceBegin - this.account.clock.now().getTime();
    if (wait > 0) await this.account.clock.advance(wait);
    await this.account.clock.settled();
  }

  private connected(): { readonly clients: Clients; readonly bucket: string } {
    if (this.clients === undefined || this.foundation === undefined) throw new Error('start() comes first');
    return { clients: this.clients, bucket: this.foundation.dataBucket };
  }
}
