import { request } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Keys } from '../../src/core/account-keys';
import { Sha256 } from '../../src/core/sha256';

/** A request as it goes over the wire: no client adds or corrects anything, Host and Origin included. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Signing {
  readonly keys: Keys;
  readonly service: string;
  /** When the client believes to sign. Default: now. */
  readonly date?: Date;
}

export function sendRaw(endpoint: string, { method, path, headers = {}, body }: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((done, fail) => {
    const call = request({ hostname, port, method, path, headers, setHost: headers.host === undefined }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () =>
        done({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    call.on('error', fail);
    call.end(body);
  });
}

/** The same request, signed in its headers by the SDK's signer. */
export async function signRaw(endpoint: string, given: RawRequest, signing: Signing): Promise<RawRequest> {
  const { host, hostname } = new URL(endpoint);
  const [path = '', search = ''] = given.path.split('?');
  const { headers } = await signerOf(signing).sign(
    {
      method: given.method,
      protocol: 'http:',
      hostname,
      path,
      query: Object.fromEntries(new URLSearchParams(search)),
      headers: { host, ...given.headers },
      body: given.body,
    },
    { signingDate: signing.date ?? new Date() },
  );
  return { ...given, headers };
}

/** The path of a presigned URL, signature included. */
export async function presignRaw(
  endpoint: string,
  { method, path }: RawRequest,
  signing: Signing,
  expiresIn: number,
): Promise<string> {
  const { host, hostname } = new URL(endpoint);
  const { query = {} } = await signerOf(signing).presign(
    {
      method,
      protocol: 'http:',
      hostname,
      path,
      query: {},
      headers: { host, ...(signing.service === 's3' ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {}) },
    },
    { expiresIn, signingDate: signing.date ?? new Date() },
  );
  return `${path}?${new URLSearchParams(query as Record<string, string>).toString()}`;
}

const signerOf = ({ keys, service }: Signing): SignatureV4 =>
  new SignatureV4({
    credentials: keys,
    region: 'us-east-1',
    service,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  });
