/** What others may use of CodeBuild. */
export { cloneArtifact } from './runtime/artifacts';
export { variablesOf } from './runtime/project';
