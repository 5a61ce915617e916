import type { Endpoints } from './api/endpoints';
import type { AsyncInference } from './runtime/hosting/async-inference';

/** What SageMaker Runtime needs of SageMaker. */
export interface Hosting {
  readonly endpoints: Pick<Endpoints, 'find' | 'invoke'>;
  readonly asynchronous: Pick<AsyncInference, 'invoke'>;
}

declare module '../../core/module' {
  interface Peers {
    readonly hosting: Hosting;
  }
}
