/** The local AWS account: start it in a process of one's own. On the command line it is `mooring-account`. */
export { Account, localAccountId, localRegion, type AccountOptions } from './account';
export { clientEnvironment } from './client-environment';
export { AccountError } from './core/account-error';
export { AccountKeys, keysOfEnvironment, type Keys } from './core/account-keys';
export { dockerStandIn } from './core/package-folder';
export { signedFetch } from './core/signed-fetch';
export { holdsState, tourMarker } from './core/state-lock';
export { storageFailure } from './core/storage-failure';
export type { TraceRecord, TraceType } from './core/trace';
export { hasFailed, isNews, traceLine } from './core/trace-line';
export { repairState } from './repair';
export { imageOf } from './services/sagemaker/runtime/jobs/image';
export { probeContainment } from './services/sagemaker/runtime/jobs/warm-interpreter';
