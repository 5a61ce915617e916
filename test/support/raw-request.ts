import { SignatureV4 } from '@smithy/signature-v4';
import { request } from 'node:http';
import type { Account } from '@mooring/local-account';
import { Sha256 } from '@mooring/local-account/src/core/sha256';

/** A request as nobody's SDK would send it, signed by the account's administrator. */
export interface RawRequest {
  readonly service: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

/** Signs and sends. @throws Error when nothing is answered within the seconds. */
export async function sendRaw(account: Account, raw: RawRequest, seconds = 20): Promise<RawAnswer> {
  const { hostname, port } = new URL(account.endpointUrl());
  const { service, method = 'POST', path = '/', query = {}, body = '' } = raw;
  const signer = new SignatureV4({
    service,
    region: 'us-east-1',
    credentials: account.keys,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  });
  const headers = { host: `${hostname}:${port}`, ...raw.headers };
  const signed = await signer.sign({
    method,
    protocol: 'http:',
    hostname,
    port: Number(port),
    path,
    query,
    headers,
    body,
  });
  const search = new URLSearchParams(query).toString();
  return new Promise((done, fail) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path: search === '' ? path : `${path}?${search}`,
        headers: signed.headers,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () =>
          done({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    sent.setTimeout(seconds * 1_000, () => sent.destroy(new Error(`no answer within ${seconds} s`)));
    sent.on('error', fail);
    sent.end(body);
  });
}
