/** The use case: its schema and types, its loader, and the error that lists what is wrong with one. */
export { UserError } from './errors';
export * from './load-use-case';
export * from './use-case';
