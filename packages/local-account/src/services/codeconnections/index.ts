/** What others may use of CodeConnections. */
export type { Started } from './module';
export type { PushedRef } from './runtime/repositories';
