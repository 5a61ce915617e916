import type { AccountParts } from '../../core/module';
import './peers';

/** Counts events of one thing as metrics of its service, e.g. AWS/Events with dimension RuleName. */
export function countMetrics(
  account: AccountParts,
  namespace: string,
  dimensions: Readonly<Record<string, string>>,
  counts: Readonly<Record<string, number>>,
): void {
  account.findPeer('metrics')?.put(
    namespace,
    Object.entries(counts).map(([name, value]) => ({ name, value, unit: 'Count', dimensions })),
  );
}
