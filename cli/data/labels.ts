import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { parse } from 'csv-parse/sync';
import { UserError } from '@mooring/use-case/errors';
import { resourceNames } from '../../contracts/names';
import type { Clients } from '../shared/clients';
import type { Project } from '../shared/project';
import type { TrafficResult } from './traffic';

/** A true label and the prediction it belongs to. */
export interface KnownLabel {
  readonly inference_id: string;
  readonly label: string;
}

/** What the label function answered. */
export interface Delivery {
  readonly accepted: number;
  readonly rejected: readonly { readonly inference_id?: string; readonly problem: string }[];
}

const folderOf = (project: Project, useCase: string): string => join(project.work, 'traffic', useCase);
const atOnce = 5_000;

/** The labels of answered rows whose truth is known. */
export function knownLabels(answers: TrafficResult['answers']): readonly KnownLabel[] {
  return answers.flatMap(({ inferenceId, label }) =>
    label === undefined || label === '' ? [] : [{ inference_id: inferenceId, label }],
  );
}

/** Keeps the true labels of sent rows until `mooring label` delivers them. */
export function keepLabels(project: Project, useCase: string, answers: TrafficResult['answers']): void {
  const labels = knownLabels(answers);
  const [first] = labels;
  if (first === undefined) return;
  mkdirSync(folderOf(project, useCase), { recursive: true });
  writeFileSync(join(folderOf(project, useCase), `${first.inference_id}.json`), JSON.stringify(labels));
}

/** Kept labels that were not delivered yet, by file. */
export function keptLabels(
  project: Project,
  useCase: string,
): readonly { readonly file: string; readonly labels: readonly KnownLabel[] }[] {
  const folder = folderOf(project, useCase);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const file = join(folder, name);
      return { file, labels: JSON.parse(readFileSync(file, 'utf8')) as KnownLabel[] };
    });
}

/** Marks kept labels as delivered. */
export function forgetLabels(file: string): void {
  renameSync(file, `${file}.delivered`);
}

/** Labels of a CSV file with the columns inference_id and label. @throws UserError when it has not. */
export function labelsOfFile(file: string): KnownLabel[] {
  if (!existsSync(file)) throw new UserError(`--file ${file}: no such file`);
  const rows = parse(readFileSync(file), { columns: true, trim: true }) as Record<string, string>[];
  return rows.map(({ inference_id, label }, index) => {
    if (inference_id === undefined || label === undefined)
      throw new UserError(
        `--file ${file}: row ${index + 1} lacks a column; the columns inference_id and label are needed`,
      );
    return { inference_id, label };
  });
}

/**
 * Hands labels to the use case's label function.
 *
 * @param time ISO time at which they were collected: the account's, which may not be this machine's.
 * @throws UserError when the use case takes no labels, or the function failed.
 */
export async function deliverLabels(
  clients: Clients,
  useCase: string,
  labels: readonly KnownLabel[],
  time: string,
): Promise<Delivery> {
  let accepted = 0;
  const rejected: Delivery['rejected'][number][] = [];
  for (let start = 0; start < labels.length; start += atOnce) {
    const answer = await invokeLabelFunction(clients, useCase, { time, labels: labels.slice(start, start + atOnce) });
    accepted += answer.accepted;
    rejected.push(...answer.rejected);
  }
  return { accepted, rejected };
}

async function invokeLabelFunction(clients: Clients, useCase: string, batch: unknown): Promise<Delivery> {
  const FunctionName = resourceNames.labelFunction(useCase);
  const result = await clients.lambda
    .send(new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(batch)) }))
    .catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
      throw new UserError(`${useCase} takes no labels; add a section \`labels: {}\` to its use-case.yaml and deploy`);
    });
  const text = Buffer.from(result.Payload ?? []).toString();
  if (result.FunctionError !== undefined) throw new UserError(`${FunctionName} failed: ${text}`);
  return JSON.parse(text) as Delivery;
}
