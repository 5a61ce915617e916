/** The checker: a pure function over the JSON of any definition. */
export { checkDefinition } from './check';
export { checkFile, type CheckedFile } from './file';
export { CODES, NOTES, type Code, type Problem } from './problem';
export { SHAPES_SOURCE } from './shape';
export type { CheckOptions } from './subject';
export { LIMITS } from './pipeline-level';
export { toTable } from './table';
