import { AwsError } from '../../../core/errors';
import { optionalText, text } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { AwsService, Body, Operation, Permission } from '../../../core/service';
import type { Collection } from '../../../core/store';

/** A quota that somebody set; what is not set is generous. */
interface Quota {
  readonly name: string;
  readonly value: number;
}

/**
 * Service Quotas: this account has no limits of its own, so that it lists the quotas that the control route set, to try
 * what tools say about a tight account.
 */
export class ServiceQuotas implements AwsService {
  readonly signingName = 'servicequotas';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly quotas: Collection<Quota>;

  constructor(private readonly account: Pick<AccountParts, 'store' | 'arn' | 'region'>) {
    this.quotas = account.store.collection('servicequotas.quotas');
    this.operations = {
      ListServiceQuotas: (input) => ({
        Quotas: this.list(text(input, 'ServiceCode'), optionalText(input, 'QuotaCode')),
      }),
    };
  }

  permissions(operation: string): readonly Permission[] {
    return [{ action: `servicequotas:${operation}`, resource: '*' }];
  }

  /** @param name as the console shows it, e.g. `ml.m5.large for endpoint usage`. */
  set(service: string, name: string, value: number): Quota {
    if (value < 0) throw new AwsError('ValidationException', `a quota is 0 or more, not ${value}`);
    const quota = { name, value };
    this.quotas.put(`${service}/${name}`, quota);
    return quota;
  }

  private list(service: string, code: string | undefined): readonly Body[] {
    return this.quotas
      .entries()
      .filter(([key]) => key.startsWith(`${service}/`))
      .map(([, { name, value }]) => ({
        ServiceCode: service,
        QuotaCode: codeOf(name),
        QuotaArn: this.account.arn('servicequotas', `${service}/${codeOf(name)}`),
        QuotaName: name,
        Value: value,
        Adjustable: true,
        GlobalQuota: false,
      }))
      .filter(({ QuotaCode }) => code === undefined || QuotaCode === code);
  }
}

/** A code of the service's form; AWS has a code of its own for each quota. */
const codeOf = (name: string): string =>
  `L-${Buffer.from(name)
    .reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7)
    .toString(16)
    .toUpperCase()
    .padStart(8, '0')}`;
