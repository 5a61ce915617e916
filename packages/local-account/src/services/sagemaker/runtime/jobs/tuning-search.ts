import { validation } from '../../../../core/errors';
import { bodies, body, optionalText, text, textList } from '../../../../core/input';
import type { Body } from '../../../../core/service';
import { seededRandom } from '../random';

type Draw = (random: () => number) => string;

interface Dimension {
  readonly name: string;
  readonly draw: Draw;
  /** Values of a grid, when there is one. */
  readonly values?: readonly string[];
}

function scaled(low: number, high: number, scaling: string, share: number): number {
  if (scaling === 'Logarithmic') {
    if (low <= 0) throw validation('Logarithmic scaling needs a MinValue above 0');
    return Math.exp(Math.log(low) + share * (Math.log(high) - Math.log(low)));
  }
  if (scaling === 'ReverseLogarithmic') {
    if (low < 0 || high >= 1) throw validation('ReverseLogarithmic scaling needs a range within [0, 1)');
    return 1 - Math.exp(Math.log(1 - low) + share * (Math.log(1 - high) - Math.log(1 - low)));
  }
  return low + share * (high - low);
}

function dimensions(ranges: Body): readonly Dimension[] {
  const bounds = (range: Body): readonly [number, number, string] => {
    const [low, high] = [Number(text(range, 'MinValue')), Number(text(range, 'MaxValue'))];
    if (!(low <= high)) throw validation(`the range of ${text(range, 'Name')} goes from ${low} to ${high}`);
    return [low, high, optionalText(range, 'ScalingType') ?? 'Auto'];
  };
  return [
    ...bodies(ranges, 'IntegerParameterRanges').map((range): Dimension => {
      const [low, high, scaling] = bounds(range);
      return {
        name: text(range, 'Name'),
        draw: (random) => String(Math.min(high, Math.floor(scaled(low, high + 1, scaling, random())))),
      };
    }),
    ...bodies(ranges, 'ContinuousParameterRanges').map((range): Dimension => {
      const [low, high, scaling] = bounds(range);
      return { name: text(range, 'Name'), draw: (random) => String(scaled(low, high, scaling, random())) };
    }),
    ...bodies(ranges, 'CategoricalParameterRanges').map((range): Dimension => {
      const values = textList(range, 'Values');
      return {
        name: text(range, 'Name'),
        values,
        draw: (random) => values[Math.floor(random() * values.length)] ?? '',
      };
    }),
  ];
}

/**
 * Hyper-parameters to try, in order. Grid tries every combination of the categories. Every other strategy is a random
 * search here, seeded by RandomSeed or else by the job's name, so that a job can be repeated.
 */
export function candidates(
  strategy: string,
  ranges: Body,
  count: number | undefined,
  seed: string,
): readonly Readonly<Record<string, string>>[] {
  const space = dimensions(ranges);
  if (strategy === 'Grid') {
    const grid = space.reduce<readonly Readonly<Record<string, string>>[]>(
      (all, { name, values }) => {
        if (values === undefined)
          throw validation(`the Grid strategy takes categorical ranges only; ${name} is numeric`);
        return all.flatMap((each) => values.map((value) => ({ ...each, [name]: value })));
      },
      [{}],
    );
    return count === undefined ? grid : grid.slice(0, count);
  }
  if (count === undefined) throw validation('ResourceLimits.MaxNumberOfTrainingJobs is needed');
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => Object.fromEntries(space.map((each) => [each.name, each.draw(random)])));
}

/** Ranges of one training job definition: its own, or those of the tuning job. */
export const rangesOf = (config: Body, definition: Body): Body =>
  definition['HyperParameterRanges'] === undefined
    ? body(config, 'ParameterRanges')
    : body(definition, 'HyperParameterRanges');
