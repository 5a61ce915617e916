import { localAccountId, localRegion } from './account';
import type { Keys } from './core/account-keys';
import { dockerStandIn } from './core/package-folder';

/** What a shell or a child process exports so that the CDK, the AWS CLI and the SDKs talk to the account. */
export function clientEnvironment({
  endpoint,
  keys,
}: {
  readonly endpoint: string;
  readonly keys: Keys;
}): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    // The aws CLI builds the address of SQS from its own table unless it is named.
    AWS_ENDPOINT_URL_SQS: endpoint,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_REGION: localRegion,
    AWS_DEFAULT_REGION: localRegion,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DOCKER: dockerStandIn(),
    CDK_DEFAULT_ACCOUNT: localAccountId,
    CDK_DEFAULT_REGION: localRegion,
  };
}
