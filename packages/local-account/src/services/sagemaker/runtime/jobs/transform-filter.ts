import type { Json } from '../../../../core/service';
import { follow, isObject, pathMembers } from '../pipelines/definition/expression';
import { ClientError } from './role-objects';

const isCsv = (contentType: string): boolean => contentType.split(';')[0]?.trim() === 'text/csv';

/** Column numbers that `[1:]`, `[0,3]`, `[-1]` pick out of so many. */
function columns(selector: string, count: number): readonly number[] {
  return selector.split(',').flatMap((part) => {
    const slice = /^\s*(-?\d*)\s*(:)?\s*(-?\d*)\s*$/.exec(part);
    if (slice === null) throw new ClientError(`'[${selector}]' is not a choice of columns such as [0], [1:] or [0,3]`);
    const [, from = '', colon, to = ''] = slice;
    const at = (text: string, fallback: number): number =>
      text === '' ? fallback : Number(text) < 0 ? count + Number(text) : Number(text);
    if (colon === undefined) return [at(from, 0)];
    const [start, end] = [at(from, 0), Math.min(at(to, count), count)];
    return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
  });
}

/** Applies an InputFilter or OutputFilter (the JSONPath subset of batch transform) to one record. */
export function filterRecord(record: string, filter: string, contentType: string): string {
  if (filter === '$') return record;
  if (isCsv(contentType)) {
    const selector = /^\$\[(.+)\]$/.exec(filter)?.[1];
    if (selector === undefined)
      throw new ClientError(`'${filter}' does not fit CSV records; use $[...] with column numbers`);
    const cells = record.split(',');
    return columns(selector, cells.length)
      .map((index) => cells[index] ?? '')
      .join(',');
  }
  const found = follow(JSON.parse(record) as Json, pathMembers(filter.replace(/^\$\.?/, '')));
  if (found === undefined) throw new ClientError(`'${filter}' finds nothing in the record ${record.slice(0, 120)}`);
  return JSON.stringify(found);
}

/** Joins an input record with the model's answer: columns behind columns, or SageMakerOutput in the JSON. */
export function joinRecord(input: string, output: string, contentType: string): string {
  if (isCsv(contentType)) return `${input},${output}`;
  const answer = JSON.parse(output) as Json;
  const source = JSON.parse(input) as Json;
  return JSON.stringify(
    isObject(source) ? { ...source, SageMakerOutput: answer } : { SageMakerInput: source, SageMakerOutput: answer },
  );
}
