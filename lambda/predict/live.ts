import type { Field } from '../../contracts/front-door';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { liveFiles } from '../../contracts/names';
import { trialFile, type TrialState } from '../../contracts/records/trial';
import { type Bucket, readJson } from '../shared/objects';
import type { Value } from './values';

/** What the live model was trained on, as far as requests are judged by it. */
export interface Live {
  readonly manifest: LiveManifest;
  /** The newest trial, running or not. */
  readonly trial?: TrialState;
  /** Values of categories in the training set, by column. */
  readonly categories: ReadonlyMap<string, readonly Value[]>;
  /** A typical value by column: the mean of numbers, the most frequent category. */
  readonly typical: ReadonlyMap<string, Value>;
}

interface Constraints {
  readonly features?: readonly {
    readonly name: string;
    readonly string_constraints?: { readonly domains?: readonly string[] };
  }[];
}

interface Statistics {
  readonly features?: readonly {
    readonly name: string;
    readonly numerical_statistics?: { readonly mean?: number };
    readonly string_statistics?: {
      readonly distribution?: {
        readonly categorical?: { readonly buckets?: readonly { readonly value: string; readonly count: number }[] };
      };
    };
  }[];
}

/** How long what was read is trusted, in milliseconds. A deployment takes minutes. */
const freshFor = 30_000;
/** The same when there is reason to look again: nothing was live yet, or another version answered. */
const doubtedFor = 1_000;

/** The files of the live model, read again from time to time. */
export class LiveModel {
  private read: { readonly live: Promise<Live | undefined>; until: number } | undefined;

  constructor(
    private readonly artifacts: Bucket,
    private readonly prefix: string,
    private readonly fields: readonly Field[],
    private readonly trials: boolean,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Undefined while no model is live.
   *
   * @param version that answered; when it is another than the one known here, the files are read again soon.
   */
  async get(version?: number): Promise<Live | undefined> {
    const known = await this.fresh();
    const doubted = known === undefined || (version !== undefined && !versionsOf(known).includes(version));
    if (doubted && this.read !== undefined) this.read.until = Math.min(this.read.until, this.now() + doubtedFor);
    return known;
  }

  private fresh(): Promise<Live | undefined> {
    if (this.read === undefined || this.now() > this.read.until) {
      const read = { live: this.load(), until: this.now() + freshFor };
      this.read = read;
      read.live.catch(() => (this.read = undefined));
    }
    return this.read.live;
  }

  private async load(): Promise<Live | undefined> {
    const [manifest, constraints, statistics, trial] = await Promise.all([
      readJson<LiveManifest>(this.artifacts, `${this.prefix}/${liveFiles.manifest}`),
      readJson<Constraints>(this.artifacts, `${this.prefix}/${liveFiles.constraints}`),
      readJson<Statistics>(this.artifacts, `${this.prefix}/${liveFiles.statistics}`),
      this.trials ? readJson<TrialState>(this.artifacts, `${this.prefix}/${trialFile}`) : undefined,
    ]);
    if (manifest === undefined) return undefined;
    const types = new Map(this.fields.map((each) => [each.name, each.type]));
    return { manifest, trial, categories: categoriesOf(constraints), typical: typicalOf(statistics, types) };
  }
}

/** Versions that may answer now. */
function versionsOf({ manifest, trial }: Live): readonly number[] {
  return [manifest.version, ...(trial?.status === 'running' ? [trial.challenger.version] : [])];
}

function categoriesOf(constraints: Constraints | undefined): Map<string, readonly Value[]> {
  return new Map(
    (constraints?.features ?? []).flatMap(({ name, string_constraints }) =>
      string_constraints?.domains === undefined ? [] : [[name, string_constraints.domains] as const],
    ),
  );
}

function typicalOf(statistics: Statistics | undefined, types: ReadonlyMap<string, Field['type']>): Map<string, Value> {
  return new Map(
    (statistics?.features ?? []).flatMap(({ name, numerical_statistics, string_statistics }) => {
      const buckets = string_statistics?.distribution?.categorical?.buckets ?? [];
      const [first] = [...buckets].sort((a, b) => b.count - a.count);
      const mean = numerical_statistics?.mean;
      const value = first?.value ?? (mean !== undefined && Number.isFinite(mean) ? mean : undefined);
      if (value === undefined) return [];
      return [[name, types.get(name) === 'integer' && typeof value === 'number' ? Math.round(value) : value] as const];
    }),
  );
}
