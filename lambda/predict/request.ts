import { header, type HttpEvent } from './event';
import { type Fault, pointer, Problem } from './problem';
import type { Rule, Value } from './values';

/** A request that can be answered. */
export interface PredictRequest {
  /** A value for each field, in the order of the use case. */
  readonly features: Readonly<Record<string, Value>>;
  readonly explain: boolean;
  /** Who asks, as the caller calls them: the same key is answered by the same model while two are compared. */
  readonly key?: string;
}

/** A body as it was parsed. */
export interface Body {
  readonly content: unknown;
  /** Whether a name is given more than once in the body or in its features: the parser keeps the last and says nothing. */
  readonly repeats: boolean;
}

/** The body as JSON. @throws Problem 413, 415, 400. */
export function readBody(event: HttpEvent, limit: number): Body {
  const type = (header(event, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== 'application/json') {
    const given = type === '' ? 'The request names no content type' : 'The request has another content type';
    throw new Problem(415, `${given}; send application/json.`, [], { accept: 'application/json' });
  }
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded === true ? 'base64' : 'utf8');
  if (bytes.length > limit)
    throw new Problem(413, `The body has ${bytes.length} bytes; at most ${limit} are accepted.`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const content = JSON.parse(text) as unknown;
    return { content, repeats: namesIn(text) > namesOf(content) };
  } catch {
    // The parser's message would repeat a piece of the body, which may be personal data, into logs of callers.
    const hint = bytes.length === 0 ? 'The body is empty' : 'The body is not valid JSON in UTF-8';
    throw new Problem(400, `${hint}; send {"features": {...}}. JSON knows neither NaN nor Infinity.`);
  }
}

/** Names written in a JSON text. */
function namesIn(text: string): number {
  return text.replace(/"(?:[^"\\]|\\.)*"/g, '').split(':').length - 1;
}

/** Names that are left of a body and its features; whatever is nested deeper is refused anyway. */
function namesOf(content: unknown): number {
  if (!isRecord(content)) return 0;
  const { features } = content;
  return Object.keys(content).length + (isRecord(features) ? Object.keys(features).length : 0);
}

/** Longest key of a caller, in characters. */
export const longestKey = 128;

function isKey(key: unknown): key is string {
  return typeof key === 'string' && key !== '' && [...key].length <= longestKey;
}

const members: readonly string[] = ['features', 'explain', 'key'];

/**
 * Checks a body against the rules of the use case's columns.
 *
 * @throws Problem 400 that lists everything that is wrong.
 */
export function checkRequest(
  { content: body, repeats }: Body,
  rules: readonly Rule[],
  explanations: boolean,
): PredictRequest {
  if (!isRecord(body)) throw new Problem(400, 'The body must be an object {"features": {...}}.');
  const faults: Fault[] = Object.keys(body)
    .filter((each) => !members.includes(each))
    .map((each) => ({ pointer: pointer(clip(each)), detail: `is not known; allowed: ${members.join(', ')}` }));
  const { features, explain, key } = body;
  if (!isRecord(features)) {
    const detail = features === undefined ? 'is missing' : 'must be an object with a value for each column';
    faults.push({ pointer: '#/features', detail });
  } else faults.push(...featureFaults(features, rules));
  if (explain !== undefined && typeof explain !== 'boolean')
    faults.push({ pointer: '#/explain', detail: 'must be true or false' });
  if (key !== undefined && !isKey(key))
    faults.push({ pointer: '#/key', detail: `must be text of 1 to ${longestKey} characters` });
  if (explain === true && !explanations)
    faults.push({ pointer: '#/explain', detail: 'must not be true: this use case gives no reasons' });
  if (faults.length > 0) throw invalid(faults);
  // Whoever repeats a name means something, and nobody knows which of the values.
  if (repeats) throw new Problem(400, 'A name is given more than once.');
  const values = features as Readonly<Record<string, Value>>;
  return {
    features: Object.fromEntries(rules.map(({ name }) => [name, values[name] ?? null])),
    explain: explain === true,
    ...(isKey(key) ? { key } : {}),
  };
}

function featureFaults(features: Readonly<Record<string, unknown>>, rules: readonly Rule[]): Fault[] {
  const names = new Set(rules.map((each) => each.name));
  const found = rules.flatMap(({ name, complaint }) => {
    const detail = Object.hasOwn(features, name)
      ? complaint(features[name])
      : 'is missing; write null where a value is not known';
    return detail === undefined ? [] : [{ pointer: pointer('features', name), detail }];
  });
  const unknown = Object.keys(features)
    .filter((each) => !names.has(each))
    .map((each) => ({ pointer: pointer('features', clip(each)), detail: 'is not a column of this use case' }));
  return [...found, ...unknown];
}

/** Faults listed in one answer; a body of ten thousand unknown names is not answered with ten thousand lines. */
const mostFaults = 100;

function invalid(faults: readonly Fault[]): Problem {
  const count = faults.length === 1 ? 'One value is' : `${faults.length} values are`;
  const rest = faults.length > mostFaults ? ` The first ${mostFaults} are listed.` : '';
  return new Problem(400, `${count} not valid.${rest}`, faults.slice(0, mostFaults));
}

function clip(name: string): string {
  return name.length <= 64 ? name : `${name.slice(0, 61)}...`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
