/** What others may use of IAM. */
export type { PolicyAccessControl } from './runtime/access-control';
export type { IamDirectory, Role } from './runtime/directory';
