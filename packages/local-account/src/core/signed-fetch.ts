import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Keys } from './account-keys';
import { Sha256 } from './sha256';

/** Signing name of the account's own routes below /_local/. */
export const controlService = 'mooring';

export interface SignedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Signing name. Default: the account's own routes. */
  readonly service?: string;
  /** Milliseconds to wait for an answer. Default: as long as it takes; moving the clock on may take an hour. */
  readonly patience?: number;
}

const region = 'us-east-1';

/**
 * A signed request: for routes of the account that no SDK client knows. Not by `fetch`, which gives up after 300 s whatever
 * its settings.
 */
export async function signedFetch(url: string | URL, keys: Keys, request: SignedRequest): Promise<Response> {
  const { method, headers = {}, body, service = controlService } = request;
  const target = new URL(url);
  const signed = await signer(keys, service).sign({
    ...addressOf(target),
    method,
    headers: { ...headers, host: target.host },
    body,
  });
  return exchange(target, { ...request, headers: signed.headers });
}

function exchange(target: URL, { method, headers, body, patience }: SignedRequest): Promise<Response> {
  return new Promise((done, fail) => {
    const send = target.protocol === 'https:' ? requestHttps : requestHttp;
    const sent = send(target, { method, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', fail);
      answer.on('end', () => {
        const status = answer.statusCode ?? 0;
        const content = chunks.length === 0 ? null : Buffer.concat(chunks);
        const fields = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as [string, string]);
        done(new Response(content, { status, headers: fields }));
      });
    });
    if (patience !== undefined)
      sent.setTimeout(patience, () => sent.destroy(new Error(`${target.host} has not answered for ${patience} ms`)));
    sent.on('error', fail);
    sent.end(body);
  });
}

/**
 * A URL that lets its holder make one kind of request without keys. The holder sends exactly the given headers; without a
 * body here, any body.
 *
 * @param seconds for which it is valid, a week at most.
 */
export async function presign(url: string, keys: Keys, request: SignedRequest, seconds: number): Promise<string> {
  const target = new URL(url);
  const { method, headers = {}, body, service = controlService } = request;
  const { query = {} } = await signer(keys, service).presign(
    {
      ...addressOf(target),
      method,
      headers: {
        ...headers,
        host: target.host,
        ...(body === undefined ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {}),
      },
      body,
    },
    { expiresIn: seconds },
  );
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, String(value));
  return target.toString();
}

function signer(credentials: Keys, service: string): SignatureV4 {
  return new SignatureV4({ credentials, region, service, sha256: Sha256 });
}

function addressOf({ hostname, protocol, pathname, searchParams }: URL): {
  readonly hostname: string;
  readonly protocol: string;
  readonly path: string;
  readonly query: Record<string, string>;
} {
  return { hostname, protocol, path: pathname, query: Object.fromEntries(searchParams) };
}
