import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Resolver } from './resolve';
import type { Statement } from './statements';
import { statementsOf } from './statements';
import type { StackTemplate, Variant } from './variants';

interface Limit {
  readonly type: string;
  /** Path of the property; of a stack: name, template, resources, outputs. */
  readonly property: string;
  /** Default: characters. */
  readonly unit?: 'characters' | 'bytes' | 'items' | 'number';
  readonly most: number;
  /** What the whole text has to match. */
  readonly pattern?: string;
  readonly source: string;
}

const limits = JSON.parse(readFileSync(join(__dirname, '../facts/limits.json'), 'utf8')) as readonly Limit[];

/** What of a variant is longer, larger or spelled otherwise than AWS allows, one line each. */
export function limitFindings(variant: Variant): readonly string[] {
  return [
    ...variant.templates.flatMap((template) => ofTemplate(variant, template)),
    ...inlinePolicies(statementsOf(variant)),
  ];
}

function ofTemplate(variant: Variant, template: StackTemplate): readonly string[] {
  const resolver = new Resolver(template, variant);
  const place = `${variant.name}/${template.stack}`;
  const stack = {
    name: template.stack,
    template: 'x'.repeat(statSync(template.file).size),
    resources: Object.keys(template.resources),
    outputs: template.exports,
  };
  return [
    ...check(place, 'AWS::CloudFormation::Stack', stack),
    ...Object.entries(template.resources).flatMap(([id, { Type, Properties = {} }]) => {
      const resolved = resolver.document(Properties) as Readonly<Record<string, unknown>>;
      return [
        ...check(`${place}/${id}`, Type, resolved),
        ...(Type === 'AWS::CloudWatch::Alarm' ? alarmWindow(`${place}/${id}`, resolved) : []),
        ...(Type === 'AWS::CloudWatch::CompositeAlarm' ? children(`${place}/${id}`, resolved) : []),
      ];
    }),
  ];
}

/** Checks one resource's properties against the table. */
export function check(place: string, type: string, properties: Readonly<Record<string, unknown>>): readonly string[] {
  return limits
    .filter((limit) => limit.type === type)
    .flatMap((limit) => {
      const value = limit.property
        .split('.')
        .reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>> | undefined)?.[key], properties);
      if (value === undefined) return [];
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      const size = sizeOf(value, text, limit);
      return [
        ...(size > limit.most
          ? [`${place}: ${limit.property} has ${size} of ${limit.most} ${limit.unit ?? 'characters'} (${limit.source})`]
          : []),
        ...(limit.pattern !== undefined && !new RegExp(`^(?:${limit.pattern})$`).test(text)
          ? [`${place}: ${limit.property} '${text}' does not match ${limit.pattern} (${limit.source})`]
          : []),
      ];
    });
}

function sizeOf(value: unknown, text: string, { unit }: Limit): number {
  if (unit === 'number') return Number(value);
  if (unit === 'items') return Array.isArray(value) ? value.length : Object.keys(value as object).length;
  return unit === 'bytes' ? Buffer.byteLength(text) : text.length;
}

/** PutMetricAlarm: all periods together are at most a day, and a week for periods of an hour and more. */
export function alarmWindow(place: string, alarm: Readonly<Record<string, unknown>>): readonly string[] {
  const metrics = (alarm['Metrics'] ?? []) as readonly { readonly MetricStat?: { readonly Period?: number } }[];
  const period = Number(alarm['Period'] ?? Math.max(0, ...metrics.map((each) => each.MetricStat?.Period ?? 0)));
  const periods = Number(alarm['EvaluationPeriods']);
  const datapoints = Number(alarm['DatapointsToAlarm'] ?? periods);
  const most = period >= 3600 ? 604_800 : 86_400;
  return [
    ...(period * periods > most ? [`${place}: looks back ${period * periods} s of ${most} s (PutMetricAlarm)`] : []),
    ...(datapoints > periods ? [`${place}: needs ${datapoints} of ${periods} datapoints (PutMetricAlarm)`] : []),
    ...(period > 30 && period % 60 !== 0 ? [`${place}: ${period} s is no multiple of 60 (PutMetricAlarm)`] : []),
  ];
}

/** PutCompositeAlarm: a rule names at most 100 alarms. */
export function children(place: string, { AlarmRule: rule }: Readonly<Record<string, unknown>>): readonly string[] {
  const names = new Set(
    [...String(rule).matchAll(/(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*"?([^")]+)"?\s*\)/g)].map((each) => each[1]),
  );
  return names.size > 100 ? [`${place}: names ${names.size} of 100 alarms (PutCompositeAlarm)`] : [];
}

/** All inline policies of a role together: 10,240 characters, white space aside (IAM quotas). */
export function inlinePolicies(statements: readonly Statement[]): readonly string[] {
  const sizes = new Map<string, number>();
  for (const { kind, owner, sid, actions, resources, conditions } of statements)
    if (kind === 'role') {
      const text = JSON.stringify({
        Sid: sid,
        Effect: 'Allow',
        Action: actions,
        Resource: resources,
        Condition: conditions,
      });
      sizes.set(owner, (sizes.get(owner) ?? 0) + text.length + 1);
    }
  return [...sizes]
    .filter(([, size]) => size > 10_240)
    .map(([owner, size]) => `${owner}: inline policies have ${size} of 10240 characters (IAM quotas)`);
}
