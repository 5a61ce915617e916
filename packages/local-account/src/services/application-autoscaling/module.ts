import type { Module, ModuleFactory } from '../../core/module';
import { applicationAutoscalingProviders } from './resources/scalable-target';
import { ApplicationAutoScaling } from './api/service';

/** Application Auto Scaling. */
export const applicationAutoscalingModule: ModuleFactory = (account): Module => {
  const service = new ApplicationAutoScaling(account);
  return {
    name: 'application-autoscaling',
    services: [service],
    providers: applicationAutoscalingProviders(account),
    peers: { scaling: service },
    start: () => service.start(),
  };
};
