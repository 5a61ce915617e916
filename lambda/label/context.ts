import type { S3Client } from '@aws-sdk/client-s3';
import { environment, requireEnv } from '../../contracts/environment';
import type { LabelSettings } from '../../contracts/function-settings';
import type { Bucket } from '../shared/objects';

/** Where labels go, and what a label of the use case may be. */
export interface Context {
  readonly useCase: string;
  readonly data: Bucket;
  readonly settings: LabelSettings;
  /** Now in epoch milliseconds, for callers that do not say when the labels were collected. */
  readonly now: () => number;
}

/** @throws Error naming the first environment variable that is not set. */
export function contextOf(s3: S3Client, now: () => number): Context {
  return {
    useCase: requireEnv(environment.useCase),
    data: { s3, name: requireEnv(environment.dataBucket) },
    settings: JSON.parse(requireEnv(environment.settings)) as LabelSettings,
    now,
  };
}
