/** What the account supports, for the page that lists it. */
export { s3OperationNames } from './services/s3/api/operation-names';
export { supportTable } from './support-table';
