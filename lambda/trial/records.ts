import type { ModelPackageStateChange } from '../../contracts/events';
import { type StageName } from '../../contracts/names';
import { trialsPrefix, type TrialState } from '../../contracts/records/trial';
import { type Bucket, claim, list, readJson } from '../shared/objects';

/** An approval that has to go through a trial first. */
export interface TrialRecord {
  readonly id: string;
  readonly approval: ModelPackageStateChange;
  readonly state: TrialState;
}

/** What a person or an alarm decided about a trial. */
export interface Decision {
  readonly decision: 'promote' | 'stop';
  readonly reason: string;
  readonly by?: string;
  readonly time: string;
}

export const trialMarks = ['started', 'running', 'decision', 'ended'] as const;
export type TrialMark = (typeof trialMarks)[number];

export interface Progress {
  readonly record: TrialRecord;
  readonly reached: ReadonlySet<TrialMark>;
}

/**
 * Trials of a stage, append-only: `<markers>/trial-<stage>/<time>_<version>/<record or a mark>.json`, so that events may
 * come late, twice or in any order. The newest approval is the trial that counts.
 */
export class TrialRecords {
  private readonly root: string;

  constructor(
    private readonly bucket: Bucket,
    useCase: string,
    stage: StageName,
  ) {
    this.root = trialsPrefix(useCase, stage);
  }

  async record(approval: ModelPackageStateChange, state: TrialState): Promise<TrialRecord> {
    const { ModelPackageVersion: version } = approval.detail;
    const id = `${new Date(approval.time).toISOString().replaceAll(':', '-')}_${String(version).padStart(6, '0')}`;
    const record: TrialRecord = { id, approval, state };
    if (await claim(this.bucket, this.key(id, 'record'), record)) return record;
    return (await readJson<TrialRecord>(this.bucket, this.key(id, 'record'))) ?? record;
  }

  /** All trials without an end, and the newest of all, oldest first. */
  async open(): Promise<readonly Progress[]> {
    const keys = new Set((await list(this.bucket, `${this.root}/`)).map((each) => each.key));
    const ids = [...keys]
      .filter((key) => key.endsWith('/record.json'))
      .map((key) => key.split('/').at(-2) ?? '')
      .sort();
    const wanted = ids.filter((id, index) => index === ids.length - 1 || !keys.has(this.key(id, 'ended')));
    const found = await Promise.all(
      wanted.map(async (id) => {
        const record = await readJson<TrialRecord>(this.bucket, this.key(id, 'record'));
        const reached = new Set(trialMarks.filter((each) => keys.has(this.key(id, each))));
        return record && { record, reached };
      }),
    );
    return found.filter((each) => each !== undefined);
  }

  /** Notes progress. @returns false when it was noted before. */
  mark({ id }: TrialRecord, what: TrialMark, details: unknown): Promise<boolean> {
    return claim(this.bucket, this.key(id, what), details);
  }

  decision({ id }: TrialRecord): Promise<Decision | undefined> {
    return readJson(this.bucket, this.key(id, 'decision'));
  }

  private key(id: string, what: TrialMark | 'record'): string {
    return `${this.root}/${id}/${what}.json`;
  }
}
