import { join } from 'node:path';
import type { Module, ModuleFactory } from '../../core/module';
import { lambdaProviders } from './resources/function';
import { CodeStore } from './runtime/code-store';
import { FunctionRunner } from './runtime/function-runner';
import { Functions } from './api/functions';
import { RuntimeApi } from './runtime/runtime-api';
import { Lambda } from './api/service';
import { WorkerPool } from './runtime/worker-pool';

/** Lambda: Node.js functions run in child processes that speak the Lambda Runtime API on loopback. */
export const lambdaModule: ModuleFactory = (account): Module => {
  const code = new CodeStore(join(account.folder, 'lambda'));
  const api = new RuntimeApi();
  const pool = new WorkerPool(api, account.newId);
  const service = new Lambda(account, new Functions(account, code), new FunctionRunner(account, code, pool), pool);
  return {
    name: 'lambda',
    services: [service],
    providers: lambdaProviders(account),
    peers: { lambda: service, functions: service },
    start: () => service.start(),
    stop: async () => {
      await pool.stop();
      await api.stop();
    },
  };
};
