import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, 'goldens');

/** Names of the goldens: one JSON file each, made by tools/goldens/make.py. */
export const GOLDENS = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))
  .sort();

export const golden = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

/**
 * What is removed before a golden and its twin are compared, and nothing else:
 *  1. the order of keys;
 *  2. members that are null, which the SDK writes for options that are not set (MlflowConfig, ModelPackageGroupName,
 *     SuppliedBaselineStatistics, SuppliedBaselineConstraints); null for PipelineExperimentConfig stays, because it
 *     means something.
 * Time stamps in names that the SDK invents are `TIME` in the goldens already (tools/goldens/make.py).
 */
export function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, item]) => item !== null || key === 'PipelineExperimentConfig');
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, comparable(item)]));
}
