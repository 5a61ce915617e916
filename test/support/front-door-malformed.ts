import { gzipSync } from 'node:zlib';
import type { Keys } from '@mooring/local-account';
import { record } from './door-use-case';
import type { Ask, FrontDoor } from './front-door';

type Make = (door: FrontDoor) => Ask | Promise<Ask>;
/** What is wrong, the status it gets, and the request. */
export type Malformed = readonly [what: string, status: number, make: Make];

const keysOf = (door: FrontDoor): Keys => door.laptop.account.keys;
const post = (body: string | Buffer, more: Ask = {}): Ask => ({ method: 'POST', path: '/predict', body, ...more });
const raw =
  (body: string | Buffer): Make =>
  () =>
    post(body);
const sent = (body: unknown): Make => raw(JSON.stringify(body));
const having = (features: Readonly<Record<string, unknown>>): Make => sent({ features: { ...record, ...features } });
const typed =
  (type: string): Make =>
  () =>
    post(good, { headers: { 'content-type': type } });
const without = (name: string): Make =>
  sent({ features: Object.fromEntries(Object.entries(record).filter(([key]) => key !== name)) });

const good = JSON.stringify({ features: record });
const spliced = (features: string): Make => raw(good.replace('"age":40', features));
const income = (text: string): Make => raw(good.replace('1200.5', text));

export const malformed: readonly Malformed[] = [
  // not JSON
  ['an empty body', 400, raw('')],
  ['no body at all', 415, () => ({ method: 'POST', path: '/predict' })],
  ['half a document', 400, raw(good.slice(0, -5))],
  ['text', 400, raw('age=40&income=1200')],
  ['NaN', 400, spliced('"age":NaN')],
  ['Infinity', 400, spliced('"age":-Infinity')],
  ['a column given twice', 400, spliced('"age":40,"age":41')],
  ['the features given twice', 400, raw(`${good.slice(0, -1)},${good.slice(1)}`)],
  ['a column given twice, once escaped', 400, spliced('"age":40,"\\u0061ge":41')],
  ['a trailing comma', 400, spliced('"age":40,')],
  ['bytes that are not UTF-8', 400, () => post(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22]))],
  ['a zipped body', 400, () => post(gzipSync(good), { headers: { 'content-encoding': 'gzip' } })],
  ['a null byte after the document', 400, raw(`${good}\0`)],
  // of another shape
  ['a list', 400, sent([record])],
  ['a number', 400, raw('42')],
  ['null', 400, raw('null')],
  ['text in JSON', 400, raw('"features"')],
  ['the record without its envelope', 400, sent(record)],
  ['features as a list', 400, sent({ features: Object.values(record) })],
  ['features as null', 400, sent({ features: null })],
  ['a missing column', 400, without('age')],
  ['no columns', 400, sent({ features: {} })],
  ['an extra column', 400, having({ shoe_size: 43 })],
  ['the label as a feature', 400, having({ open: 1 })],
  ['an extra member', 400, sent({ features: record, model: 'v1' })],
  ['explain as text', 400, sent({ features: record, explain: 'true' })],
  ['__proto__ as a column', 400, spliced('"age":40,"__proto__":{"admin":true}')],
  ['constructor as a column', 400, having({ constructor: 'x' })],
  // wrong values
  ['a number as text', 400, having({ age: '40' })],
  ['a fraction for an integer', 400, having({ age: 40.5 })],
  ['true for a number', 400, having({ income: true })],
  ['an object for a number', 400, having({ income: { $gt: 0 } })],
  ['a list for a category', 400, having({ colour: ['red'] })],
  ['below the range', 400, having({ age: 17 })],
  ['above the range', 400, having({ age: 121 })],
  ['a number beyond what floats hold', 400, income('1e999')],
  ['a number beyond the matrix', 400, having({ income: 1e39 })],
  ['null where there must be a value', 400, having({ age: null })],
  ['an undeclared category', 400, having({ colour: 'blue' })],
  ['a category that training never saw', 400, having({ region: 'atlantis' })],
  ['a category in another case', 400, having({ region: 'North' })],
  ['SQL in a category', 400, having({ region: "north'; DROP TABLE applicants; --" })],
  ['a script in a category', 400, having({ colour: '<script>alert(1)</script>' })],
  ['a template in a category', 400, having({ region: '${jndi:ldap://example.com/a}' })],
  ['a CSV formula and a line break', 400, having({ region: '=cmd|calc\n1,2,3' })],
  ['a path in a time', 400, having({ since: '../../etc/passwd' })],
  ['a day that does not exist', 400, having({ since: '2026-02-30T00:00:00Z' })],
  ['a time without a zone', 400, having({ since: '2026-01-31 10:00:00' })],
  ['an empty text', 400, having({ region: '' })],
  // huge
  ['100,000 nested lists', 413, spliced(`"age":${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
  ['30,000 nested lists, within the size', 400, spliced(`"age":${'['.repeat(30_000)}${']'.repeat(30_000)}`)],
  ['20,000 nested lists that never end', 400, raw('['.repeat(20_000))],
  ['more bytes than the use case takes', 413, having({ region: 'x'.repeat(70_000) })],
  ['more bytes than the API takes', 413, raw(Buffer.alloc(11 * 1024 * 1024, 0x20))],
  [
    '4,000 unknown columns',
    400,
    having(Object.fromEntries(Array.from({ length: 4_000 }, (_, index) => [`c${index}`, 0]))),
  ],
  ['headers of 12 kB', 431, () => post(good, { headers: { 'x-long': 'x'.repeat(12_000) } })],
  // wrong content type
  ['CSV', 415, typed('text/csv')],
  ['a form', 415, typed('application/x-www-form-urlencoded')],
  ['a type that only looks like JSON', 415, typed('application/jsonp')],
  ['no type of content', 415, typed('')],
  // wrong caller
  ['no signature', 403, () => post(good, { unsigned: true })],
  ['a token where a signature is asked for', 403, () => post(good, { token: 'abc.def.ghi' })],
  ['an unknown access key', 403, (door) => post(good, { keys: { ...keysOf(door), accessKeyId: 'AKIASOMEBODYELSE' } })],
  ['a wrong secret', 403, (door) => post(good, { keys: { ...keysOf(door), secretAccessKey: 'guessed' } })],
  ['a role without the permission', 403, async (door) => post(good, { keys: await door.keysOf('Stranger') })],
  ['basic authentication', 403, () => post(good, { unsigned: true, headers: { authorization: 'Basic YTpi' } })],
];
