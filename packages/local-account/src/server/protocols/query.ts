import { AwsError } from '../../core/errors';
import { deepest } from '../../core/json';
import type { Body } from '../../core/service';
import type { Exchange } from '../exchange';
import { escapeXml, xmlMembers } from '../xml';
import { type Protocol, serviceWith } from './protocol';

const maxParameters = 20_000;

/** AWS Query: form parameters in, XML out. */
export const queryProtocol: Protocol = {
  name: 'query',
  speaks: (exchange) =>
    exchange.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true ||
    exchange.query.has('Action'),
  decode: (exchange, body, services) => {
    const parameters = new URLSearchParams(body.length === 0 ? exchange.query : body.toString('utf8'));
    const operation = parameters.get('Action');
    if (operation === null || operation === '') throw new AwsError('MissingAction', 'the request names no Action');
    const service = serviceWith(services, operation);
    return {
      service,
      operation,
      input: decodeQuery(parameters),
      answer: (output) => ({
        status: 200,
        headers: { 'content-type': 'text/xml' },
        body: `<${operation}Response xmlns="${escapeXml(service?.xmlNamespace ?? '')}"><${operation}Result>${xmlMembers(output, 'member')}</${operation}Result>${metadata(exchange)}</${operation}Response>`,
      }),
    };
  },
  fail: (error, exchange) => ({
    status: error.status,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${exchange.requestId}</RequestId></ErrorResponse>`,
  }),
};

function metadata(exchange: Exchange): string {
  return `<ResponseMetadata><RequestId>${exchange.requestId}</RequestId></ResponseMetadata>`;
}

type Tree = Map<string, Tree | string>;

/** `A.B=1&L.member.1=x&M.entry.1.key=k&M.entry.1.value=v` as `{A: {B: '1'}, L: ['x'], M: {k: 'v'}}`. */
export function decodeQuery(parameters: URLSearchParams): Body {
  const root: Tree = new Map();
  let count = 0;
  for (const [name, value] of parameters) {
    if (name === 'Action' || name === 'Version') continue;
    count += 1;
    if (count > maxParameters)
      throw new AwsError('MalformedQueryString', `the request has more than ${maxParameters} parameters`);
    const path = name.split('.');
    if (path.length > deepest)
      throw new AwsError(
        'MalformedQueryString',
        `the parameter ${name.slice(0, 40)}... has more than ${deepest} parts`,
      );
    insert(root, path, value);
  }
  return fold(root) as Body;
}

function insert(root: Tree, path: readonly string[], value: string): void {
  let node = root;
  for (const part of path.slice(0, -1)) {
    const next = node.get(part);
    if (next instanceof Map) {
      node = next;
      continue;
    }
    const made: Tree = new Map();
    node.set(part, made);
    node = made;
  }
  node.set(path.at(-1) ?? '', value);
}

function fold(node: Tree | string): unknown {
  if (typeof node === 'string') return node;
  const only = node.size === 1 ? [...node][0] : undefined;
  if (only !== undefined && only[1] instanceof Map && isNumbered(only[1])) {
    if (only[0] === 'member') return numbered(only[1]).map(fold);
    if (only[0] === 'entry') return Object.fromEntries(numbered(only[1]).map(entryOf));
  }
  if (isNumbered(node)) return numbered(node).map(fold);
  return Object.fromEntries([...node].map(([name, child]) => [name, fold(child)]));
}

function entryOf(node: Tree | string): readonly [string, unknown] {
  if (typeof node === 'string') throw new AwsError('MalformedQueryString', 'a map entry needs key and value');
  const key = node.get('key') ?? node.get('Name') ?? node.get('name');
  const value = node.get('value') ?? node.get('Value') ?? '';
  if (typeof key !== 'string') throw new AwsError('MalformedQueryString', 'a map entry has no key');
  return [key, fold(value)];
}

function isNumbered(node: Tree): boolean {
  return node.size > 0 && [...node.keys()].every((key) => /^[0-9]{1,6}$/.test(key));
}

function numbered(node: Tree): (Tree | string)[] {
  return [...node].sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child);
}
