import type { Module, ModuleFactory } from '../../core/module';
import { SageMakerRuntime } from './api/service';

/** The service that invokes SageMaker's endpoints. */
export const sagemakerRuntimeModule: ModuleFactory = (account): Module => ({
  name: 'sagemaker-runtime',
  services: [new SageMakerRuntime(account, () => account.peer('hosting'))],
  providers: [],
});
