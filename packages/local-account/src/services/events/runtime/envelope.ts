import type { AccountParts, AwsEvent } from '../../../core/module';

/** An event as rules match it and targets receive it. */
export type Envelope = Readonly<{
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** To the second, UTC. */
  time: string;
  region: string;
  resources: readonly string[];
  detail: Readonly<Record<string, unknown>>;
}>;

export function envelope(
  account: Pick<AccountParts, 'accountId' | 'region' | 'clock' | 'newId'>,
  event: AwsEvent,
): Envelope {
  const time = event.time ?? account.clock.now();
  return {
    version: '0',
    id: account.newId(),
    'detail-type': event['detail-type'],
    source: event.source,
    account: account.accountId,
    time: `${time.toISOString().slice(0, 19)}Z`,
    region: account.region,
    resources: event.resources ?? [],
    detail: event.detail,
  };
}
