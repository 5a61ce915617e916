import { optionalNumber, text } from '../../core/input';
import type { Module, ModuleFactory } from '../../core/module';
import { ServiceQuotas } from './api/service';

/** Service Quotas, so that `mooring doctor` can be tried against a tight account. */
export const serviceQuotasModule: ModuleFactory = (account): Module => {
  const service = new ServiceQuotas(account);
  return {
    name: 'servicequotas',
    services: [service],
    providers: [],
    controls: [
      {
        method: 'POST',
        path: '/_local/quotas',
        handle: (input) =>
          service.set(text(input, 'service'), text(input, 'name'), optionalNumber(input, 'value') ?? 0),
      },
    ],
  };
};
