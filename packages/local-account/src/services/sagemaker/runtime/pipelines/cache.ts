import { createHash } from 'node:crypto';
import type { Json } from '../../../../core/service';
import type { Collection } from '../../../../core/store';
import type { StepDefinition } from './definition/definition';
import { isObject } from './definition/expression';

export interface CacheEntry {
  readonly properties: Json;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Execution that made the result. */
  readonly execution: string;
  readonly time: string;
}

/** Members of a step's arguments that decide about a cache hit, by step type; where results go is not among them. */
const keyMembers: Readonly<Record<string, readonly string[]>> = {
  Processing: ['AppSpecification', 'Environment', 'ProcessingInputs', 'ProcessingResources'],
  QualityCheck: ['AppSpecification', 'Environment', 'ProcessingInputs', 'ProcessingResources'],
  ClarifyCheck: ['AppSpecification', 'Environment', 'ProcessingInputs', 'ProcessingResources'],
  Training: [
    'AlgorithmSpecification',
    'CheckpointConfig',
    'Environment',
    'HyperParameters',
    'InputDataConfig',
    'ResourceConfig',
  ],
  Tuning: ['HyperParameterTuningJobConfig', 'TrainingJobDefinition', 'TrainingJobDefinitions', 'WarmStartConfig'],
  Transform: [
    'DataProcessing',
    'Environment',
    'BatchStrategy',
    'MaxPayloadInMB',
    'ModelName',
    'TransformInput',
    'TransformResources',
  ],
};

/** Milliseconds in an ISO-8601 duration such as P30d, PT12H or P1DT6H; the service also reads 30d and T12H, in either case. */
export function isoDuration(text: string): number {
  const match = /^P?(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i.exec(text);
  if (match === null || text.length < 2) throw new Error(`'${text}' is not an ISO-8601 duration such as P30D or PT12H`);
  const days = [365, 30, 7, 1];
  const [, ...parts] = match;
  const sizes = [...days.map((each) => each * 86_400), 3_600, 60, 1];
  return sizes.reduce((sum, size, index) => sum + size * Number(parts[index] ?? 0), 0) * 1000;
}

const ordered = (value: Json): Json => {
  if (Array.isArray(value)) return (value as readonly Json[]).map(ordered);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, ordered(value[key] ?? null)]),
  );
};

/** Results of earlier executions of the same pipeline, found by what a step does. */
export class StepCache {
  constructor(private readonly entries: Collection<CacheEntry>) {}

  /** Key of a step with these arguments, or undefined when the step is not to be cached. */
  key(pipelineName: string, step: StepDefinition, args: Json): string | undefined {
    const members = keyMembers[step.type];
    const config = step.raw['CacheConfig'];
    if (members === undefined || !isObject(config) || config['Enabled'] !== true || !isObject(args)) return undefined;
    const outputs =
      isObject(args['ProcessingOutputConfig']) && Array.isArray(args['ProcessingOutputConfig']['Outputs'])
        ? (args['ProcessingOutputConfig']['Outputs'] as readonly Json[])
            .filter(isObject)
            .map((each) => each['OutputName'] ?? '')
        : [];
    const chosen = Object.fromEntries(members.map((name) => [name, args[name] ?? null]));
    return createHash('sha256')
      .update(JSON.stringify([pipelineName, step.name, step.type, ordered(chosen), outputs]))
      .digest('hex');
  }

  /** A result that has not expired. */
  find(key: string, step: StepDefinition, now: Date): CacheEntry | undefined {
    const entry = this.entries.get(key);
    const config = step.raw['CacheConfig'];
    const after = isObject(config) ? config['ExpireAfter'] : undefined;
    if (entry === undefined) return undefined;
    return typeof after === 'string' && Date.parse(entry.time) + isoDuration(after) < now.getTime() ? undefined : entry;
  }

  keep(key: string, entry: CacheEntry): void {
    this.entries.put(key, entry);
  }
}
