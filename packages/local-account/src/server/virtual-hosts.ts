/**
 * Host names that the account answers to beside the loopback's own. All end in `.localhost`, which no name server can point
 * anywhere else, so a page cannot be rebound to one of them.
 */
const bucketHost = /^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.localhost$/;
const apiHost = /^([a-z0-9]{10})\.execute-api\.(?:[a-z0-9-]+\.)?localhost$/;

const withoutPort = (host: string | undefined): string => (host ?? '').toLowerCase().replace(/:\d+$/, '');

/** The API that a host names. */
export const hostedApi = (host: string | undefined): string | undefined => apiHost.exec(withoutPort(host))?.[1];

/** The bucket that a host names: `<bucket>.localhost` or `<bucket>.s3.localhost`. */
export function s3Bucket(host: string | undefined): string | undefined {
  if (hostedApi(host) !== undefined) return undefined;
  return bucketHost.exec(withoutPort(host))?.[1]?.replace(/\.s3$/, '');
}

/** Whether requests may be addressed to a host, without its port. */
export function isOwnHost(name: string): boolean {
  return (
    /^(127\.0\.0\.1|localhost|\[::1\])$/.test(name) || s3Bucket(name) !== undefined || hostedApi(name) !== undefined
  );
}
