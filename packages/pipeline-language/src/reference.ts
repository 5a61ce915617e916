import { isObject } from './definition';

/** What a `Get` path points to. */
export type Reference =
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'execution'; readonly name: string }
  | { readonly kind: 'experiment'; readonly name: string }
  | { readonly kind: 'step'; readonly step: string; readonly property: string }
  | { readonly kind: 'loop'; readonly property: string }
  | { readonly kind: 'unknown'; readonly text: string };

/** An expression found in a definition, with the path where it stands. */
export interface Found {
  readonly path: string;
  readonly reference: Reference;
  /** The expression that holds it: a plain Get, or the innermost function. */
  readonly within: 'Get' | 'Std:Join' | 'Std:JsonGet';
  /** For JsonGet on a property file: the path inside the file. */
  readonly jsonPath?: unknown;
}

const PATTERNS: readonly [RegExp, (m: RegExpExecArray) => Reference][] = [
  [/^Parameters\.(.+)$/, (m) => ({ kind: 'parameter', name: m[1] ?? '' })],
  [/^Execution\.(.+)$/, (m) => ({ kind: 'execution', name: m[1] ?? '' })],
  [/^PipelineExperimentConfig\.(.+)$/, (m) => ({ kind: 'experiment', name: m[1] ?? '' })],
  [/^Steps\.([^.[]+)(?:\.?(.*))$/, (m) => ({ kind: 'step', step: m[1] ?? '', property: m[2] ?? '' })],
  [/^(?:ForEach|IterationOutput)\.(.+)$/, (m) => ({ kind: 'loop', property: m[1] ?? '' })],
];

/** Reads a `Get` path. */
export function parseReference(text: string): Reference {
  for (const [pattern, build] of PATTERNS) {
    const match = pattern.exec(text);
    if (match !== null) return build(match);
  }
  return { kind: 'unknown', text };
}

/** True for `{"Get": ...}`, `{"Std:Join": ...}` and `{"Std:JsonGet": ...}`. */
export function isExpression(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === 'Get' || keys[0] === 'Std:Join' || keys[0] === 'Std:JsonGet');
}

/** All references in a value, in reading order. `skip` names members of the outermost object that are not looked into. */
export function findReferences(value: unknown, path: string, skip: readonly string[] = []): Found[] {
  const found: Found[] = [];
  const visit = (node: unknown, at: string, within: Found['within'], jsonPath?: unknown): void => {
    if (Array.isArray(node)) node.forEach((item, index) => visit(item, `${at}[${index}]`, within, jsonPath));
    if (!isObject(node)) return;
    if (isExpression(node)) {
      const [name] = Object.keys(node);
      const body = node[name ?? ''];
      if (name === 'Get') {
        if (typeof body === 'string') found.push({ path: at, reference: parseReference(body), within, jsonPath });
      } else visit(body, `${at}.${name}`, name as Found['within'], isObject(body) ? body['Path'] : undefined);
      return;
    }
    for (const [key, item] of Object.entries(node)) {
      if (at !== path || !skip.includes(key)) visit(item, `${at}.${key}`, within, jsonPath);
    }
  };
  visit(value, path, 'Get');
  return found;
}
