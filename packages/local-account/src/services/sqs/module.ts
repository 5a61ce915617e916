import type { Module, ModuleFactory } from '../../core/module';
import { sqsProviders } from './resources/queue';
import { Queues } from './runtime/queues';
import { Sqs } from './api/service';

/** SQS. Other services send and receive through the `queues` peer. */
export const sqsModule: ModuleFactory = (account): Module => {
  const queues = new Queues(account);
  return {
    name: 'sqs',
    services: [new Sqs(account, queues)],
    providers: sqsProviders(account),
    peers: { queues },
    start: () => queues.start(),
  };
};
