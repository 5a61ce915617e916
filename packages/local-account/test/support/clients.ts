import type { Account } from '../../src/account';
import type { Keys } from '../../src/core/account-keys';
import { presign, type SignedRequest, signedFetch } from '../../src/core/signed-fetch';

export const region = 'us-east-1';

/** What SDK clients of a running account are made with. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Keys;
  readonly maxAttempts: number;
}

/** @param keys default: the administrator's. */
export function clientConfig(account: Account, keys: Keys = account.keys): ClientConfig {
  return { endpoint: account.endpointUrl(), region, credentials: keys, maxAttempts: 1 };
}

/** The same as environment variables, for the AWS CLI, the CDK CLI and boto3. */
export function clientVariables(account: Account, keys: Keys = account.keys): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: account.endpointUrl(),
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    ...(keys.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: keys.sessionToken }),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Calls one of the account's own routes. */
export function control(
  account: Account,
  method: SignedRequest['method'],
  path: string,
  input?: unknown,
): Promise<Response> {
  return signedFetch(`${account.endpointUrl()}${path}`, account.keys, {
    method,
    ...(input === undefined ? {} : { body: JSON.stringify(input) }),
  });
}

/** InvokeEndpoint as a request that can be sent again and again, for load tools that sign nothing. */
export async function invocationTarget(
  account: Account,
  endpointName: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<{ readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }> {
  const url = `${account.endpointUrl()}/endpoints/${endpointName}/invocations`;
  const week = 604_800;
  const request = { method: 'POST', service: 'sagemaker', headers, body } as const;
  return { url: await presign(url, account.keys, request, week), headers, body };
}
