import { prefixes } from '../../contracts/names';
import { readFoundation } from './foundation';
import { readJson } from './objects';
import type { Session } from './session';

/** What the Evaluate step of an execution found. */
export interface Evaluation {
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
  readonly rows?: number;
}

type Document = Readonly<Record<string, unknown>>;

/** Reads evaluation.json of an execution; undefined when the run ended before it. */
export async function readEvaluation(
  session: Session,
  useCase: string,
  executionArn: string,
): Promise<Evaluation | undefined> {
  const { artifactBucket } = await readFoundation(session.clients);
  const key = `${prefixes.executions(useCase)}/${executionArn.split('/').at(-1) ?? ''}/Evaluate/evaluation/evaluation.json`;
  const document = await readJson<Document>(session.clients, artifactBucket, key);
  if (document === undefined) return undefined;
  const group = Object.entries(document).find(([name]) => name.endsWith('_metrics'))?.[1] as Document | undefined;
  const metrics = Object.entries(group ?? {}).flatMap(([name, metric]) => {
    const value = (metric as { readonly value?: unknown }).value;
    return typeof value === 'number' ? [{ name, value }] : [];
  });
  return { metrics, ...(typeof document['rows'] === 'number' ? { rows: document['rows'] } : {}) };
}

/** Rows that an execution read: of the base data, and captured ones that have their labels. */
export interface LearntRows {
  readonly raw: number;
  readonly labelled: number;
}

interface Manifest {
  readonly rows: LearntRows;
  /** What did not stop the run but should be known. */
  readonly warnings?: readonly string[];
}

/** Reads the manifest of an execution's Preprocess step; undefined when the run ended before it. */
async function readManifest(session: Session, useCase: string, executionArn: string): Promise<Manifest | undefined> {
  const { artifactBucket } = await readFoundation(session.clients);
  const key = `${prefixes.executions(useCase)}/${executionArn.split('/').at(-1) ?? ''}/Preprocess/manifest/manifest.json`;
  return readJson<Manifest>(session.clients, artifactBucket, key);
}

/** How many rows an execution learnt from; undefined when it ended before it had read them. */
export async function readLearntRows(
  session: Session,
  useCase: string,
  executionArn: string,
): Promise<LearntRows | undefined> {
  const manifest = await readManifest(session, useCase, executionArn);
  return manifest === undefined ? undefined : { raw: manifest.rows.raw, labelled: manifest.rows.labelled };
}

/** What the Preprocess step of an execution found odd about the data. */
export async function readWarnings(session: Session, useCase: string, arn: string): Promise<readonly string[]> {
  return (await readManifest(session, useCase, arn))?.warnings ?? [];
}
