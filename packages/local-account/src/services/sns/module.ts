import type { Module, ModuleFactory } from '../../core/module';
import { snsProviders } from './resources/topic';
import { Inbox } from './runtime/inbox';
import { Sns } from './api/service';

/** SNS. GET /_local/inbox lists what went to e-mail addresses and telephones. */
export const snsModule: ModuleFactory = (account): Module => {
  const inbox = new Inbox(account);
  const service = new Sns(account, inbox);
  return {
    name: 'sns',
    services: [service],
    providers: snsProviders(account),
    peers: { topics: service, inbox },
    controls: [{ method: 'GET', path: '/_local/inbox', handle: () => ({ messages: inbox.messages() }) }],
    start: () => service.start(),
  };
};
