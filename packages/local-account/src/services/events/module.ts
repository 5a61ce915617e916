import { optionalNumber } from '../../core/input';
import type { Module, ModuleFactory } from '../../core/module';
import { eventsProviders } from './resources/rule';
import { EventBridge } from './api/service';

/**
 * EventBridge. Other services publish through the `events` peer.
 *
 * POST /_local/events/disturb {seed, duplicates, maxDelaySeconds} makes deliveries come twice and out of order, for tests of
 * consumers; without `seed` it ends that.
 */
export const eventsModule: ModuleFactory = (account): Module => {
  const service = new EventBridge(account);
  return {
    name: 'events',
    services: [service],
    providers: eventsProviders(account),
    peers: { events: service },
    controls: [
      {
        method: 'POST',
        path: '/_local/events/disturb',
        handle: (input) => {
          const seed = optionalNumber(input, 'seed');
          const settings =
            seed === undefined
              ? undefined
              : {
                  seed,
                  duplicates: optionalNumber(input, 'duplicates') ?? 0,
                  maxDelaySeconds: optionalNumber(input, 'maxDelaySeconds') ?? 0,
                };
          service.deliveries.disturb(settings);
          return { disturbed: settings ?? null };
        },
      },
    ],
    start: () => service.start(),
  };
};
