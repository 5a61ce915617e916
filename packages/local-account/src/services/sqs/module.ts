import type { Module, ModuleFactory } from '../../core/module';
import { sqsProviders } from '../../resources/sqs-queue';
import { Queues } from './queues';
import { Sqs } from './service';

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
