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
}

const region = 'us-east-1';

/** `fetch`, signed: for routes of the account that no SDK client knows. */
export async function signedFetch(url: string | URL, keys: Keys, request: SignedRequest): Promise<Response> {
  const { method, headers = {}, body, service = controlService } = request;
  const target = new URL(url);
  const signed = await signer(keys, service).sign({
    ...addressOf(target),
    method,
    headers: { ...headers, host: target.host },
    body,
  });
  return fetch(target, { method, headers: signed.headers, ...(body === undefined ? {} : { body }) });
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
