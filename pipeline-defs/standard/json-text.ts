import { type AnyExpression, Expression, join } from '@mooring/pipeline-language';

/** JSON with expressions in it: `text` ones become strings, `number` ones stand as they are. */
export type JsonValue =
  | string
  | number
  | boolean
  | Expression<string>
  | NumberLater
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** A number that is known when the pipeline runs. */
export class NumberLater {
  constructor(readonly value: AnyExpression) {}
}

/**
 * A JSON document as one string, for arguments that take a document as text: SageMaker puts the values in when the step runs.
 *
 * Expressions of texts must give no quotation mark, backslash or line break: ARNs, URIs, names.
 */
export function jsonText(document: JsonValue): Expression<string> {
  const parts: (string | Expression)[] = [];
  const add = (part: string): void => {
    const last = parts.at(-1);
    if (typeof last === 'string') parts[parts.length - 1] = last + part;
    else parts.push(part);
  };
  const each = (value: JsonValue): void => {
    if (value instanceof NumberLater) parts.push(value.value);
    else if (value instanceof Expression) {
      add('"');
      parts.push(value);
      add('"');
    } else if (Array.isArray(value)) {
      add('[');
      value.forEach((item: JsonValue, index) => {
        if (index > 0) add(',');
        each(item);
      });
      add(']');
    } else if (typeof value === 'object') {
      add('{');
      Object.entries(value)
        .flatMap(([key, item]) => (item === undefined ? [] : [[key, item as JsonValue] as const]))
        .forEach(([key, item], index) => {
          add(`${index > 0 ? ',' : ''}${JSON.stringify(key)}:`);
          each(item);
        });
      add('}');
    } else add(JSON.stringify(value));
  };
  each(document);
  return join('', parts);
}

/** The same document with placeholders for what comes later, to be checked while synthesizing. */
export function withPlaceholders(value: JsonValue): unknown {
  if (value instanceof NumberLater) return 0;
  if (value instanceof Expression) return 'later';
  if (Array.isArray(value)) return value.map((item: JsonValue) => withPlaceholders(item));
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === undefined ? [] : [[key, withPlaceholders(item as JsonValue)]],
    ),
  );
}
