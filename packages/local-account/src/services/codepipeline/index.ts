/** What others may use of CodePipeline. */
export { passes } from './runtime/git-glob';
export { triggerLimits } from './runtime/limits';
export { declarationOf } from './runtime/structure';
