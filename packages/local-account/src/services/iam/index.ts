/** What others may use of IAM. */
export type { PolicyAccessControl } from './runtime/access-control';
export type { IamDirectory } from './runtime/directory';
