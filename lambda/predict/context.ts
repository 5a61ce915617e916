import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { environment, requireEnv } from '../../contracts/environment';
import { type Field, frontDoorFile, type FrontDoorSettings } from '../../contracts/front-door';
import { prefixes, type StageName } from '../../contracts/names';
import type { Capture } from './capture';
import type { Endpoint } from './endpoint';
import { LiveModel } from './live';

/** Completes a record with values that the caller need not send. */
export type LookUp = (features: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>;

/** Everything a prediction needs. */
export interface Context {
  readonly settings: FrontDoorSettings;
  readonly endpoint: Endpoint;
  readonly live: Pick<LiveModel, 'get'>;
  /** The seam for a feature store: runs after the body was parsed, before its values are checked. */
  readonly lookUp?: LookUp;
  /** Present when the endpoint captures nothing. */
  readonly capture?: Capture;
  readonly newId: () => string;
  /** Random number in [0, 1). */
  readonly draw: () => number;
  /** Milliseconds of a clock that only goes forward. */
  readonly ticks: () => number;
}

export interface Clients {
  readonly s3: S3Client;
  readonly runtime: SageMakerRuntimeClient;
}

/** @throws Error naming the first environment variable that is not set. */
export function contextOf(clients: Clients): Context {
  const settings = JSON.parse(readFileSync(join(__dirname, frontDoorFile), 'utf8')) as FrontDoorSettings;
  const artifacts = { s3: clients.s3, name: requireEnv(environment.artifactBucket) };
  const prefix = prefixes.live(settings.useCase, requireEnv(environment.stage) as StageName);
  const fields: readonly Field[] = settings.fields;
  const endpoint = requireEnv(environment.endpointName);
  return {
    settings,
    endpoint: { runtime: clients.runtime, name: endpoint },
    live: new LiveModel(artifacts, prefix, fields, settings.trials),
    capture: captureOf(clients.s3, settings, endpoint),
    newId: () => crypto.randomUUID(),
    draw: Math.random,
    ticks: () => performance.now(),
  };
}

function captureOf(s3: S3Client, { useCase, capture }: FrontDoorSettings, endpoint: string): Capture | undefined {
  if (capture === undefined) return undefined;
  return { s3, bucket: requireEnv(environment.dataBucket), useCase, endpoint, share: capture };
}
