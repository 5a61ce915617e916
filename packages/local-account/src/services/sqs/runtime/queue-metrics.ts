import type { AccountParts } from '../../../core/module';
import type { Collection } from '../../../core/store';
import '../../shared/peers';
import type { StoredMessage } from './queue';

/** How often a queue that holds messages reports how many. CloudWatch gets it every minute; five keep a long advance quick. */
const reportEvery = 5 * 60_000;

/** AWS/SQS metrics: counts of calls, and the gauges that alarms on dead-letter queues watch. */
export class QueueMetrics {
  private readonly timers = new Map<string, () => void>();

  constructor(
    private readonly account: AccountParts,
    private readonly messages: Collection<StoredMessage>,
  ) {}

  /** Counts messages of a call and reports what the queue holds now. */
  count(queue: string, name: string, amount: number): void {
    this.put(queue, [[name, amount, 'Count']]);
    this.watch(queue);
  }

  /** Reports what the queue holds, now and as long as it holds anything. */
  watch(queue: string): void {
    const now = this.account.clock.now().getTime();
    const held = this.messages.values().filter((each) => each.queue === queue);
    const visible = held.filter((each) => each.visibleAt <= now);
    const oldest = Math.min(now, ...visible.map((each) => each.sentAt));
    this.put(queue, [
      ['ApproximateNumberOfMessagesVisible', visible.length, 'Count'],
      ['ApproximateNumberOfMessagesNotVisible', held.length - visible.length, 'Count'],
      ['ApproximateAgeOfOldestMessage', (now - oldest) / 1000, 'Seconds'],
    ]);
    this.timers.get(queue)?.();
    this.timers.delete(queue);
    if (held.length > 0)
      this.timers.set(
        queue,
        this.account.clock.after(reportEvery, `report ${queue}`, () => this.watch(queue)),
      );
  }

  private put(queue: string, values: readonly (readonly [name: string, value: number, unit: string])[]): void {
    const dimensions = { QueueName: queue };
    this.account.findPeer('metrics')?.put(
      'AWS/SQS',
      values.map(([name, value, unit]) => ({ name, value, unit, dimensions })),
    );
  }
}
