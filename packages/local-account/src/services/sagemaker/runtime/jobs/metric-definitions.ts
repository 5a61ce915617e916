import { readFileSync } from 'node:fs';
import { text } from '../../../../core/input';
import type { Body } from '../../../../core/service';
import { ExpressionTimeout, matchesOf } from '../../../../core/expression';
import type { Framework } from './image';

export interface Metric {
  readonly name: string;
  readonly value: number;
}

/** `[3] train-auc:0.91 validation-auc:0.88`: what XGBoost prints each round; the built-in algorithm's metrics are `validation:auc`. */
const boosterMetrics = /\b(train|validation)-([a-z0-9@-]+):(-?[0-9.]+(?:e-?\d+)?)/gi;

/**
 * Last value of every metric that the request's regular expressions find in a log; for XGBoost the metrics of its own
 * progress lines as well. An expression that is not valid, or takes too long, finds nothing.
 */
export function readMetrics(definitions: readonly Body[], log: string, framework: Framework): readonly Metric[] {
  const printed = readFileSync(log, 'utf8');
  const found = new Map<string, number>();
  if (framework === 'xgboost')
    for (const [, set, metric, value] of printed.matchAll(boosterMetrics)) found.set(`${set}:${metric}`, Number(value));
  for (const definition of definitions) {
    const matches = matchesIn(text(definition, 'Regex'), printed);
    const value = Number(matches.at(-1)?.[1]);
    if (matches.length > 0 && Number.isFinite(value)) found.set(text(definition, 'Name'), value);
  }
  return [...found].map(([name, value]) => ({ name, value }));
}

function matchesIn(source: string, printed: string): readonly (readonly (string | undefined)[])[] {
  try {
    return matchesOf(source, printed);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ExpressionTimeout) return [];
    throw error;
  }
}
