import { UserError } from '@mooring/use-case/errors';
import type { StageTests } from '@mooring/use-case/sections/stage-tests';
import type { UseCase } from '@mooring/use-case/use-case';
import type { Sample, Target } from './target';

export interface TestContext {
  readonly target: Target;
  readonly useCase: UseCase;
  /** At least one. */
  readonly samples: readonly Sample[];
  readonly bounds: StageTests;
  /** Keeps a report under a name such as `load`. */
  readonly report: (name: string, content: unknown) => Promise<void>;
}

/** What a test found, as a sentence. @throws UserError with what is wrong. */
export type TestCase = (context: TestContext) => Promise<string>;

export function expect(condition: boolean, message: string): asserts condition {
  if (!condition) throw new UserError(message);
}

/** Samples in turn, from the beginning again after the last. */
export const sampleAt = (samples: readonly Sample[], index: number): Sample =>
  samples[index % samples.length] as Sample;

/** Value below which a share of the values lies (nearest rank). */
export const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0;
