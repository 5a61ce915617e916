import { join } from 'node:path';
import type { Module, ModuleFactory } from '../../core/module';
import { cloudwatchProviders } from './resources/alarm';
import { MetricStore } from './runtime/metric-store';
import { CloudWatch } from './api/service';

/** CloudWatch metrics, alarms and dashboards. Other services put their metrics through the `metrics` peer and watch alarms through `alarms`. */
export const cloudwatchModule: ModuleFactory = (account): Module => {
  const service = new CloudWatch(account, new MetricStore(join(account.folder, 'cloudwatch')));
  return {
    name: 'cloudwatch',
    services: [service],
    providers: cloudwatchProviders(account),
    peers: { metrics: service, alarms: service },
    start: () => service.start(),
    stop: () => service.stop(),
  };
};
