import { parseJson } from '../../core/json';
import { AwsError } from '../../core/errors';
import { isBody } from '../../core/input';
import { AwsMap, type Body } from '../../core/service';

/** Members of a JSON body. @throws AwsError SerializationException when it is no JSON object. */
export function parseJsonBody(body: Buffer): Body {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = parseJson(body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 'the request body is not valid JSON');
  }
  if (!isBody(value)) throw new AwsError('SerializationException', 'the request body must be a JSON object');
  return value;
}

/** JSON protocols write times as epoch seconds and bytes as base64. */
export function jsonValue(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof AwsMap) return jsonValue(value.entries);
  if (Array.isArray(value)) return value.map(jsonValue);
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  if (isBody(value)) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, jsonValue(each)]));
  return value;
}
