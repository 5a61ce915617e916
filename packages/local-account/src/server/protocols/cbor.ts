import { Encoder } from 'cbor-x';
import { AwsError } from '../../core/errors';
import { deepest, nestsDeeper } from '../../core/json';
import { isBody } from '../../core/input';
import { AwsMap, type Body } from '../../core/service';
import { type Protocol, serviceWith } from './protocol';

const path = /^\/service\/[^/]+\/operation\/([A-Za-z0-9]+)$/;

/** Smithy RPC v2 CBOR: POST /service/<service>/operation/<operation>. */
export function cborProtocol(): Protocol {
  const codec = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });
  const headers = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };
  return {
    name: 'cbor',
    speaks: (exchange) => exchange.headers['smithy-protocol'] === 'rpc-v2-cbor' && path.test(exchange.path),
    decode: (exchange, body, services) => {
      const operation = path.exec(exchange.path)?.[1] ?? '';
      return {
        service: serviceWith(services, operation),
        operation,
        input: membersOf(codec, body),
        answer: (output) => ({ status: 200, headers, body: codec.encode(plain(output)) }),
      };
    },
    fail: (error, exchange) => ({
      status: error.status,
      headers:
        exchange.headers['x-amzn-query-mode'] === undefined
          ? headers
          : { ...headers, 'x-amzn-query-error': `${error.code};Sender` },
      body: codec.encode(
        plain({ __type: error.code, message: error.message, Message: error.message, ...error.detail }),
      ),
    }),
  };
}

function membersOf(codec: Encoder, body: Buffer): Body {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = codec.decode(body);
  } catch {
    throw new AwsError('SerializationException', 'the request body is not valid CBOR');
  }
  if (!isBody(value)) throw new AwsError('SerializationException', 'the request body must be a CBOR map');
  if (nestsDeeper(value))
    throw new AwsError('SerializationException', `the request body nests deeper than ${deepest} levels`);
  return value;
}

function plain(value: unknown): unknown {
  if (value instanceof AwsMap) return plain(value.entries);
  if (Array.isArray(value)) return value.map(plain);
  if (!isBody(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([name, each]) => [name, plain(each)]),
  );
}
