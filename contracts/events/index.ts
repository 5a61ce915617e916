/** Shapes of the events that cross a boundary, one file each; `fixtures/` holds one recorded example per shape. */
export * from './alarm-state';
export * from './endpoint-state';
export * from './event';
export * from './model-package';
export * from './object-created';
export * from './pipeline-execution';
export * from './processing-job';
export * from './retraining-request';
export * from './rollback-request';
export * from './trial-decision';
