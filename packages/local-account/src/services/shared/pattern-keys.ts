import { isBody } from '../../core/input';

/**
 * The same pattern or event with every key that holds dots written as nested objects, because EventBridge compares
 * paths: `{"a.b": 1}` and `{"a": {"b": 1}}` are the same to it. Several values of one path are joined to an array.
 * What has no such key is returned as it is.
 */
export function nestDottedKeys(value: unknown): unknown {
  return hasDottedKey(value) ? nested(value) : value;
}

function hasDottedKey(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasDottedKey);
  return isBody(value) && Object.entries(value).some(([key, each]) => key.includes('.') || hasDottedKey(each));
}

function nested(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nested);
  if (!isBody(value)) return value;
  let all: unknown;
  for (const [key, each] of Object.entries(value)) {
    const parts = key.split('.');
    const branch = parts.reduceRight<unknown>((inner, part) => Object.fromEntries([[part, inner]]), nested(each));
    all = all === undefined ? branch : joined(all, branch);
  }
  return all ?? {};
}

function joined(left: unknown, right: unknown): unknown {
  if (!isBody(left) || !isBody(right)) return [left, right].flat();
  const both = new Map(Object.entries(left));
  for (const [key, each] of Object.entries(right)) both.set(key, both.has(key) ? joined(both.get(key), each) : each);
  return Object.fromEntries(both);
}
