import type { Module, ModuleFactory } from '../../core/module';
import { schedulerProviders } from './resources/schedule';
import { Scheduler } from './api/service';

/** EventBridge Scheduler on the virtual clock. */
export const schedulerModule: ModuleFactory = (account): Module => {
  const service = new Scheduler(account);
  return {
    name: 'scheduler',
    services: [service],
    providers: schedulerProviders(account),
    start: () => service.start(),
  };
};
