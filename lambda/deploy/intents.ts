import { prefixes, type StageName } from '../../contracts/names';
import { type Bucket, claim, list, readJson } from '../shared/objects';
import type { Plan } from './plan';

/** What an approval asked for. Never changed once written: the newest intent is what shall serve. */
export interface Intent {
  readonly id: string;
  readonly plan: Plan;
  readonly eventTime: string;
}

/** How far an intent got; each is an object of its own, so that writers never overwrite each other. */
export const progress = ['started', 'reverting', 'done', 'rolled-back', 'failed'] as const;
export type Progress = (typeof progress)[number];

export interface IntentState {
  readonly intent: Intent;
  readonly reached: ReadonlySet<Progress>;
}

/**
 * The approvals of a stage, append-only: `<markers>/deploy-<stage>/<time>_<version>/<intent|started|done ...>.json`.
 *
 * Ordered by the time of the approval and then by version, so that events may come late, twice or in any order.
 */
export class Intents {
  private readonly root: string;

  constructor(
    private readonly bucket: Bucket,
    useCase: string,
    stage: StageName,
  ) {
    this.root = `${prefixes.markers(useCase)}/deploy-${stage}`;
  }

  static idOf(plan: Plan, eventTime: string): string {
    return `${new Date(eventTime).toISOString().replaceAll(':', '-')}_${String(plan.version).padStart(6, '0')}`;
  }

  async record(plan: Plan, eventTime: string): Promise<Intent> {
    const intent: Intent = { id: Intents.idOf(plan, eventTime), plan, eventTime };
    await claim(this.bucket, this.key(intent.id, 'intent'), intent);
    return intent;
  }

  /** The newest intent and how far it got, or undefined before the first approval. */
  async newest(): Promise<IntentState | undefined> {
    const keys = (await list(this.bucket, `${this.root}/`)).map((each) => each.key);
    const id = keys
      .filter((key) => key.endsWith('/intent.json'))
      .map((key) => key.split('/').at(-2) ?? '')
      .sort()
      .at(-1);
    if (id === undefined) return undefined;
    const intent = await readJson<Intent>(this.bucket, this.key(id, 'intent'));
    return intent && { intent, reached: new Set(progress.filter((each) => keys.includes(this.key(id, each)))) };
  }

  /** Notes progress. @returns false when it was noted before. */
  mark({ id }: Intent, reached: Progress, details: unknown): Promise<boolean> {
    return claim(this.bucket, this.key(id, reached), details);
  }

  /** What was written beside a mark. */
  details({ id }: Intent, reached: Progress): Promise<{ readonly reason?: string } | undefined> {
    return readJson(this.bucket, this.key(id, reached));
  }

  private key(id: string, what: Progress | 'intent'): string {
    return `${this.root}/${id}/${what}.json`;
  }
}
