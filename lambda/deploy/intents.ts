import {
  deploymentEnds,
  type DeploymentIntent,
  type DeploymentMark,
  deploymentMarks,
  deploymentsPrefix,
} from '../../contracts/records/deployment-record';
import type { StageName } from '../../contracts/names';
import { type Bucket, claim, list, readJson } from '../shared/objects';
import type { Plan } from './plan';

export type Intent = DeploymentIntent;
export type Progress = DeploymentMark;

export interface IntentState {
  readonly intent: Intent;
  readonly reached: ReadonlySet<Progress>;
}

/**
 * The approvals of a stage, append-only: `<markers>/deploy-<stage>/<time>_<version>/<intent|started|done ...>.json`.
 *
 * Ordered by the time of the approval, so that events may come late, twice or in any order. Within a second the package
 * that changed last counts, and then the higher version.
 */
export class Intents {
  private readonly root: string;

  constructor(
    private readonly bucket: Bucket,
    useCase: string,
    stage: StageName,
  ) {
    this.root = deploymentsPrefix(useCase, stage);
  }

  static idOf({ version }: Pick<Plan, 'version'>, eventTime: string): string {
    return `${new Date(eventTime).toISOString().replaceAll(':', '-')}_${String(version).padStart(6, '0')}`;
  }

  /** Notes what was asked for. What was noted first for this approval stays. */
  async record(
    plan: Plan,
    eventTime: string,
    more: Pick<Intent, 'changedAt' | 'approvedBy' | 'restores'> = {},
  ): Promise<Intent> {
    const intent: Intent = { id: Intents.idOf(plan, eventTime), plan, eventTime, ...more };
    if (await claim(this.bucket, this.key(intent.id, 'intent'), intent)) return intent;
    return (await readJson<Intent>(this.bucket, this.key(intent.id, 'intent'))) ?? intent;
  }

  /** The newest intent and how far it got, or undefined before the first approval. */
  async newest(): Promise<IntentState | undefined> {
    const keys = await this.keys();
    const ids = idsOf(keys);
    const second = ids.at(-1)?.split('_')[0];
    const together = await this.read(ids.filter((id) => id.split('_')[0] === second));
    const intent = together.sort((a, b) => compare(a.changedAt ?? '', b.changedAt ?? '') || compare(a.id, b.id)).at(-1);
    return intent && { intent, reached: this.reached(keys, intent.id) };
  }

  /** How far an intent got. */
  async stateOf(intent: Intent): Promise<IntentState> {
    return { intent, reached: this.reached(await this.keys(), intent.id) };
  }

  /** Intents without an end, oldest first. */
  async open(): Promise<readonly Intent[]> {
    const keys = await this.keys();
    return this.read(idsOf(keys).filter((id) => !deploymentEnds.some((end) => keys.has(this.key(id, end)))));
  }

  /** Intents that ended well, newest first, optionally of one version. */
  async done(version?: number): Promise<readonly Intent[]> {
    const keys = await this.keys();
    const ids = idsOf(keys).filter((id) => keys.has(this.key(id, 'done')));
    return this.read(ids.filter((id) => version === undefined || Number(id.split('_')[1]) === version).reverse());
  }

  /** Whether a deployment of this stage was ever scaled automatically. */
  async everScaled(): Promise<boolean> {
    return [...(await this.keys())].some((key) => key.endsWith('/scaled.json'));
  }

  /** Notes progress. @returns false when it was noted before. */
  mark({ id }: Pick<Intent, 'id'>, reached: Progress, details: unknown): Promise<boolean> {
    return claim(this.bucket, this.key(id, reached), details);
  }

  /** What was written beside a mark. */
  details<T>({ id }: Intent, reached: Progress): Promise<T | undefined> {
    return readJson<T>(this.bucket, this.key(id, reached));
  }

  private async keys(): Promise<ReadonlySet<string>> {
    return new Set((await list(this.bucket, `${this.root}/`)).map((each) => each.key));
  }

  private async read(ids: readonly string[]): Promise<Intent[]> {
    const read = await Promise.all(ids.map((id) => readJson<Intent>(this.bucket, this.key(id, 'intent'))));
    return read.filter((each) => each !== undefined);
  }

  private reached(keys: ReadonlySet<string>, id: string): ReadonlySet<Progress> {
    return new Set(deploymentMarks.filter((each) => keys.has(this.key(id, each))));
  }

  private key(id: string, what: Progress | 'intent'): string {
    return `${this.root}/${id}/${what}.json`;
  }
}

/** Whether an intent has ended. */
export function ended(reached: IntentState['reached']): boolean {
  return deploymentEnds.some((end) => reached.has(end));
}

/** Ids of intents, oldest first. */
function idsOf(keys: ReadonlySet<string>): string[] {
  return [...keys]
    .filter((key) => key.endsWith('/intent.json'))
    .map((key) => key.split('/').at(-2) ?? '')
    .sort();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
