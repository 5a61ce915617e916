import { parseExpression, type Expression } from './math-parser';

/** Values by interval start (milliseconds). */
export type TimeSeries = ReadonlyMap<number, number>;
export type MathValue = number | TimeSeries | readonly TimeSeries[];

/** What an expression can refer to. */
export interface MathContext {
  /** Result of another query. @throws Error when there is none of that id. */
  series(id: string): MathValue;
  /** All time series that stand for metrics, for METRICS(). */
  readonly metrics: readonly { readonly id: string; readonly series: TimeSeries }[];
  /** Interval starts of the whole range. */
  readonly intervals: readonly number[];
  readonly periodSeconds: number;
}

/**
 * Value of a CloudWatch metric math expression.
 *
 * Known: + - * / % ^, comparisons, AND OR, and the functions below. SEARCH, anomaly detection and Metrics Insights are refused
 * by name.
 *
 * @throws Error that says what is wrong
 */
export function evaluateMath(expression: string, context: MathContext): MathValue {
  return evaluate(parseExpression(expression), context);
}

/** Ids of other queries an expression refers to. */
export function mathReferences(expression: string): readonly string[] {
  const found = new Set<string>();
  const visit = (node: Expression): void => {
    if (node.kind === 'name') found.add(node.name);
    if (node.kind === 'call') node.operands.forEach(visit);
    if (node.kind === 'binary') [node.left, node.right].forEach(visit);
    if (node.kind === 'negate') visit(node.operand);
  };
  visit(parseExpression(expression));
  return [...found];
}

function evaluate(node: Expression, context: MathContext): MathValue {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'text':
      throw new Error(`a text cannot stand here: "${node.value}"`);
    case 'name':
      return context.series(node.name);
    case 'negate':
      return each(evaluate(node.operand, context), (value) => -value);
    case 'binary':
      return pairwise(
        evaluate(node.left, context),
        evaluate(node.right, context),
        operators[node.operator] ?? fail(node.operator),
      );
    case 'call':
      return call(node.name.toUpperCase(), node.operands, context);
  }
}

const fail = (name: string): never => {
  throw new Error(
    `metric math does not know '${name}' in the local account; known functions: ${knownFunctions.join(', ')}`,
  );
};

const truth = (holds: boolean): number => (holds ? 1 : 0);
const operators: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': (left, right) => left ** right,
  '>': (left, right) => truth(left > right),
  '>=': (left, right) => truth(left >= right),
  '<': (left, right) => truth(left < right),
  '<=': (left, right) => truth(left <= right),
  '==': (left, right) => truth(left === right),
  '!=': (left, right) => truth(left !== right),
  AND: (left, right) => truth(left !== 0 && right !== 0),
  OR: (left, right) => truth(left !== 0 || right !== 0),
};

const perValue: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
  LOG: Math.log,
  LOG10: Math.log10,
};
const reducers: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((total, value) => total + value, 0),
  AVG: (values) => values.reduce((total, value) => total + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
  STDDEV: (values) => {
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length);
  },
  DATAPOINT_COUNT: (values) => values.length,
};
const knownFunctions = [
  ...Object.keys(perValue),
  ...Object.keys(reducers),
  'METRICS',
  'IF',
  'FILL',
  'RATE',
  'DIFF',
  'RUNNING_SUM',
  'PERIOD',
  'TIME_SERIES',
];

function call(name: string, operands: readonly Expression[], context: MathContext): MathValue {
  const first = (): MathValue => evaluate(operands[0] ?? fail(`${name}()`), context);
  const perEach = perValue[name];
  if (perEach !== undefined) return each(first(), perEach);
  const reduce = reducers[name];
  if (reduce !== undefined) return reduced(first(), reduce);
  switch (name) {
    case 'METRICS': {
      const part = operands[0]?.kind === 'text' ? operands[0].value : '';
      return context.metrics.filter((each) => each.id.includes(part)).map((each) => each.series);
    }
    case 'ARRAY':
      return operands
        .map((operand) => evaluate(operand, context))
        .flatMap((value) => (typeof value === 'number' ? [] : isList(value) ? value : [value]));
    case 'IF': {
      const [condition, yes, no] = operands.map((operand) => evaluate(operand, context));
      return condition === undefined || yes === undefined
        ? fail('IF with fewer than two operands')
        : choose(condition, yes, no);
    }
    case 'FILL':
      return fill(first(), operands[1] ?? fail('FILL with one operand'), context);
    case 'RATE':
    case 'DIFF':
      return mapSeries(first(), (series) => differences(series, name === 'RATE'));
    case 'RUNNING_SUM': {
      return mapSeries(first(), (series) => {
        let total = 0;
        return new Map(sorted(series).map(([time, value]) => [time, (total += value)]));
      });
    }
    case 'PERIOD':
      return context.periodSeconds;
    case 'TIME_SERIES': {
      const value = first();
      return typeof value === 'number' ? new Map(context.intervals.map((time) => [time, value])) : value;
    }
    default:
      return fail(name);
  }
}

const isList = (value: MathValue): value is readonly TimeSeries[] => Array.isArray(value);
const sorted = (series: TimeSeries): (readonly [number, number])[] => [...series].sort(([a], [b]) => a - b);

function mapSeries(value: MathValue, change: (series: TimeSeries) => TimeSeries): MathValue {
  if (typeof value === 'number') throw new Error('a time series is needed where a number is given');
  return isList(value) ? value.map(change) : change(value);
}

function each(value: MathValue, change: (value: number) => number): MathValue {
  if (typeof value === 'number') return change(value);
  return mapSeries(value, (series) => new Map([...series].map(([time, point]) => [time, change(point)])));
}

function pairwise(left: MathValue, right: MathValue, operate: (left: number, right: number) => number): MathValue {
  if (typeof right === 'number') return each(left, (value) => operate(value, right));
  if (typeof left === 'number') return each(right, (value) => operate(left, value));
  if (isList(left) || isList(right))
    throw new Error('an array of time series cannot be an operand here; use SUM, AVG, MIN or MAX of it');
  return joined(left, right, operate);
}

/** Only intervals that both have. */
function joined(left: TimeSeries, right: TimeSeries, operate: (left: number, right: number) => number): TimeSeries {
  return new Map(
    [...left].flatMap(([time, value]) => {
      const other = right.get(time);
      return other === undefined ? [] : [[time, operate(value, other)] as const];
    }),
  );
}

/** Of one series a number; of several, one series over the intervals any of them has. */
function reduced(value: MathValue, reduce: (values: readonly number[]) => number): MathValue {
  if (typeof value === 'number') return value;
  if (!isList(value)) return reduce([...value.values()]);
  const times = [...new Set(value.flatMap((series) => [...series.keys()]))].sort((a, b) => a - b);
  return new Map(times.map((time) => [time, reduce(value.flatMap((series) => series.get(time) ?? []))]));
}

function choose(condition: MathValue, yes: MathValue, no: MathValue | undefined): MathValue {
  if (typeof condition === 'number') return condition !== 0 ? yes : (no ?? new Map());
  if (isList(condition)) throw new Error('IF needs one time series as its condition');
  const pick = (value: MathValue | undefined, time: number): number | undefined =>
    value === undefined || typeof value === 'number' ? value : isList(value) ? undefined : value.get(time);
  return new Map(
    [...condition].flatMap(([time, holds]) => {
      const value = pick(holds !== 0 ? yes : no, time);
      return value === undefined ? [] : [[time, value] as const];
    }),
  );
}

function fill(value: MathValue, filler: Expression, context: MathContext): MathValue {
  const mode = filler.kind === 'name' ? filler.name.toUpperCase() : '';
  const constant = mode === 'REPEAT' || mode === 'LINEAR' ? undefined : evaluate(filler, context);
  if (mode === 'LINEAR') return fail('FILL(..., LINEAR)');
  return mapSeries(value, (series) => {
    let last: number | undefined;
    return new Map(
      context.intervals.flatMap((time) => {
        last =
          series.get(time) ??
          (typeof constant === 'number' ? constant : constant instanceof Map ? constant.get(time) : last);
        return last === undefined ? [] : [[time, last] as const];
      }),
    );
  });
}

function differences(series: TimeSeries, perSecond: boolean): TimeSeries {
  const points = sorted(series);
  return new Map(
    points.slice(1).map(([time, value], index) => {
      const [before, earlier] = points[index] as readonly [number, number];
      return [time, (value - earlier) / (perSecond ? (time - before) / 1000 : 1)] as const;
    }),
  );
}
