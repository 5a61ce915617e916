import type { Decision } from '../../contracts/records/decision';
import { prefixes } from '../../contracts/names';
import { type Bucket, claim, list, readJson } from '../shared/objects';

/** A start that was promised: written before the execution is started, so that a repeated event starts the same one. */
export interface PromisedStart {
  readonly token: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly reason: string;
}

/** A decision, as its key describes it. */
interface Entry {
  readonly objectKey: string;
  readonly time: string;
  readonly outcome: string;
  readonly key: string;
}

/** The decisions of a use case: one object each, named `<time>_<outcome>_<key>.json`, never changed. */
export class Ledger {
  private readonly root: string;
  private readonly markers: string;

  constructor(
    private readonly bucket: Bucket,
    useCase: string,
  ) {
    this.root = `${prefixes.decisions(useCase)}/`;
    this.markers = `${prefixes.markers(useCase)}/retrain`;
  }

  /** All decisions, oldest first; what their keys tell suffices for the guards. */
  async entries(): Promise<readonly Entry[]> {
    const keys = (await list(this.bucket, this.root)).map((each) => each.key).sort();
    return keys.flatMap((objectKey) => {
      const [, time, outcome, key] = /\/([^/_]+)_([a-z-]+)_([0-9a-f]+)\.json$/.exec(objectKey) ?? [];
      if (time === undefined || outcome === undefined || key === undefined) return [];
      return [{ objectKey, time: time.replace(/T(\d\d)-(\d\d)-(\d\d)/, 'T$1:$2:$3'), outcome, key }];
    });
  }

  read(entry: Entry): Promise<Decision | undefined> {
    return readJson(this.bucket, entry.objectKey);
  }

  /** Writes a decision. @returns false when it was written before. */
  record(decision: Decision): Promise<boolean> {
    const time = decision.time.replaceAll(':', '-');
    return claim(this.bucket, `${this.root}${time}_${decision.outcome}_${decision.key}.json`, decision);
  }

  /** The start that was promised for an event, if there is one. */
  promised(key: string): Promise<PromisedStart | undefined> {
    return readJson(this.bucket, `${this.markers}/${key}.json`);
  }

  /** @returns false when another delivery of the event was first. */
  promise(key: string, content: PromisedStart): Promise<boolean> {
    return claim(this.bucket, `${this.markers}/${key}.json`, content);
  }

  /**
   * Reserves an attempt for one event: an alarm's own event and a second look at it must not both start a retraining.
   *
   * @returns false when another event was first.
   */
  async reserve(attempt: string, key: string): Promise<boolean> {
    const name = `${this.markers}/attempt-${attempt}.json`;
    if (await claim(this.bucket, name, { key })) return true;
    return (await readJson<{ readonly key: string }>(this.bucket, name))?.key === key;
  }
}
