import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { prefixes } from '../../contracts/names';
import type { Clients } from '../shared/clients';
import { readFoundation } from '../shared/foundation';
import { readJson } from '../shared/objects';
import { table } from '../shared/output';

/** A retraining decision as the retrain function recorded it. */
export interface Decision {
  readonly time: string;
  readonly trigger: string;
  /** start, or the guard that held it back. */
  readonly outcome: string;
  readonly reason: string;
  readonly executionArn?: string;
}

/** All decisions of a use case, oldest first. */
export async function readDecisions(clients: Clients, useCase: string): Promise<readonly Decision[]> {
  const { artifactBucket } = await readFoundation(clients);
  const keys: string[] = [];
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const page = await clients.s3.send(
      new ListObjectsV2Command({
        Bucket: artifactBucket,
        Prefix: `${prefixes.decisions(useCase)}/`,
        ContinuationToken: token,
      }),
    );
    keys.push(...(page.Contents ?? []).map((each) => each.Key ?? ''));
    token = page.NextContinuationToken;
  }
  const decisions = await Promise.all(keys.map((key) => readJson<Decision>(clients, artifactBucket, key)));
  return decisions.filter((each): each is Decision => each !== undefined).sort((a, b) => a.time.localeCompare(b.time));
}

/** A line for each decision: when, on whose behalf, what, and why in a sentence. */
export function decisionTable(decisions: readonly Decision[]): string {
  if (decisions.length === 0) return 'no decision yet';
  return table(
    ['time', 'trigger', 'decision', 'why'],
    decisions.map((each) => [each.time, each.trigger, each.outcome, each.reason]),
  );
}
