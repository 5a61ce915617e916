import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compilePattern } from '@mooring/local-account/src/services/shared/pattern';
import { EventFacts, put } from './support/event-facts';
import { type Known, unexplained } from './support/known';
import { Resolver } from './support/resolve';
import { synthVariants, type Variant } from './support/variants';

type Pattern = Readonly<Record<string, unknown>>;

const known: readonly Known[] = [
  {
    finding: /EndpointState\S+: AWS documents no value 'DELETED' of EndpointStatus$/,
    because:
      'an endpoint that is gone has no status to describe; that its last event says DELETED is in docs/unverified.md, and the reconciling schedule goes on without it',
  },
];

describe('event patterns of every shipped use case, of eight variants and of the release application', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-truth-'));
  const facts = new EventFacts();
  let patterns: readonly (readonly [string, Pattern])[];
  beforeAll(() => (patterns = synthVariants(folder).flatMap(patternsOf)), 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('wait for events, fields and values that AWS documents', () => {
    expect(patterns.length).toBeGreaterThan(200);
    const found = patterns.flatMap(([place, pattern]) => faultsOf(place, pattern, facts));
    expect(unexplained(found, known)).toEqual({ findings: [], stale: [] });
  });

  test('match the event that AWS documents, filled with what they wait for', () => {
    const missed = patterns
      .filter(([, pattern]) => facts.knows(eventOf(pattern)))
      .filter(([, pattern]) => !compilePattern(pattern)(filled(pattern, facts)));
    expect(missed.map(([place]) => place)).toEqual([]);
  });

  describe('the checks', () => {
    const fault = (detail: unknown, type = 'SageMaker Endpoint State Change'): readonly string[] =>
      faultsOf('x', { source: ['aws.sagemaker'], 'detail-type': [type], detail }, facts);
    test('find an event that AWS does not send', () => {
      expect(fault({}, 'SageMaker Endpoint Status Change')).toEqual([
        'x: AWS documents no event aws.sagemaker SageMaker Endpoint Status Change',
      ]);
    });
    test('find a field that the event does not have', () => {
      expect(fault({ EndpointState: ['IN_SERVICE'] })).toEqual(['x: AWS documents no field EndpointState']);
    });
    test('find a value that the field does not take', () => {
      expect(fault({ EndpointStatus: ['InService'] })).toEqual([
        "x: AWS documents no value 'InService' of EndpointStatus",
      ]);
      expect(fault({ EndpointStatus: [{ 'anything-but': ['Failed'] }] })).toEqual([
        "x: AWS documents no value 'Failed' of EndpointStatus",
      ]);
    });
    test('find a pattern that nothing matches', () => {
      const pattern = {
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Endpoint State Change'],
        detail: { EndpointStatus: [{ prefix: 'GONE' }] },
      };
      expect(compilePattern(pattern)(facts.sample(eventOf(pattern)))).toBe(false);
    });
  });
});

function patternsOf(variant: Variant): readonly (readonly [string, Pattern])[] {
  return variant.templates.flatMap((template) => {
    const resolver = new Resolver(template, variant);
    return Object.entries(template.resources)
      .filter(([, { Type, Properties }]) => Type === 'AWS::Events::Rule' && Properties?.['EventPattern'] !== undefined)
      .map(([id, { Properties }]): readonly [string, Pattern] => [
        `${variant.name}/${template.stack}/${id}`,
        resolver.document(Properties?.['EventPattern']) as Pattern,
      ]);
  });
}

const first = (value: unknown): unknown => (Array.isArray(value) ? (value as readonly unknown[])[0] : value);
const eventOf = (pattern: Pattern): string =>
  `${String(first(pattern['source']))} ${String(first(pattern['detail-type']))}`;

/** Paths below `detail` with the matchers that stand there. */
function leavesOf(level: unknown, path: readonly string[] = []): readonly (readonly [string, readonly unknown[]])[] {
  if (Array.isArray(level)) return [[path.join('.'), level as readonly unknown[]]];
  return Object.entries((level ?? {}) as Pattern).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function faultsOf(place: string, pattern: Pattern, facts: EventFacts): readonly string[] {
  const event = eventOf(pattern);
  // Our own events are checked by the tests of their contracts.
  if (event.startsWith('mooring ')) return [];
  if (!facts.knows(event)) return [`${place}: AWS documents no event ${event}`];
  return leavesOf(pattern['detail']).flatMap(([path, matchers]) => {
    const documented = facts.field(event, path);
    if (documented === undefined) return [`${place}: AWS documents no field ${path}`];
    return matchers
      .flatMap(namedValues)
      .filter((value) => documented.values?.includes(value) === false)
      .map((value) => `${place}: AWS documents no value '${value}' of ${path}`);
  });
}

/** Values that a matcher names whole. */
function namedValues(matcher: unknown): readonly string[] {
  if (typeof matcher === 'string') return [matcher];
  const but = (matcher as Pattern)['anything-but'];
  return [but].flat().filter((each): each is string => typeof each === 'string');
}

/** The documented event with what the pattern waits for. */
function filled(pattern: Pattern, facts: EventFacts): unknown {
  const event = eventOf(pattern);
  const sample = structuredClone(facts.sample(event)) as Record<string, unknown>;
  const resource = first(pattern['resources']);
  if (resource !== undefined) sample['resources'] = [resource];
  for (const [path, matchers] of leavesOf(pattern['detail']))
    put(
      sample['detail'] as Record<string, unknown>,
      path.split('.'),
      fitting(first(matchers), facts.field(event, path)?.values),
    );
  return sample;
}

function fitting(matcher: unknown, values: readonly string[] | undefined): unknown {
  if (typeof matcher !== 'object' || matcher === null) return matcher;
  const { prefix, exists, ...but } = matcher as { readonly prefix?: string; readonly exists?: boolean };
  if (prefix !== undefined) return `${prefix}anything`;
  if (exists !== undefined) return exists ? 'anything' : undefined;
  const excluded = namedValues(but);
  return values?.find((each) => !excluded.includes(each));
}
