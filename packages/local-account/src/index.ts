/** The local AWS account: start it in a process of one's own. On the command line it is `mooring-account`. */
export { Account, localAccountId, localRegion, type AccountOptions } from './account';
export { AccountError } from './core/account-error';
export { dockerStandIn } from './core/package-folder';
export { holdsState, tourMarker } from './core/state-lock';
export type { TraceRecord, TraceType } from './core/trace';
export { imageOf } from './services/sagemaker/runtime/jobs/image';
