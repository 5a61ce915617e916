/** The pipeline language: see docs/pipeline-language.md. */
export * from './condition';
export * from './definition';
export * from './draw';
export {
  type AnyExpression,
  type Argument,
  Expression,
  execution,
  experiment,
  Get,
  join,
  jsonGet,
  jsonGetFromS3,
  type Value,
} from './expression';
export * from './graph';
export * from './job';
export * from './parameter';
export * from './pipeline';
export type { CacheOptions, Dependency, ExceptionType, Outcome, RetryPolicy } from './policy';
export * from './property';
export * from './property-file';
export { findReferences, isExpression, parseReference, type Found, type Reference } from './reference';
export * from './shorthand';
export * from './step';
export * from './steps/condition';
export * from './steps/fail';
export * from './steps/model';
export * from './steps/processing';
export * from './steps/training';
export * from './token';
