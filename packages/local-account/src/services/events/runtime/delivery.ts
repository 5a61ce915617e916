import { AwsError, messageOf } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import type { Collection } from '../../../core/store';
import { countMetrics } from '../../shared/count-metrics';
import { jsonPath } from '../../shared/json-path';
import { nextRetry, type Exhausted } from '../../shared/retry';
import { invokeTarget, isTransient } from '../../shared/target';
import type { Envelope } from './envelope';
import { Disturbance, type DisturbanceSettings } from './disturbance';
import { targetInput } from './input';
import { ruleKey, type Rule, type Target } from './rules';

declare module '../../../core/trace' {
  interface TraceEvents {
    'event.published': {
      readonly id: string;
      readonly source: string;
      readonly detailType: string;
      readonly bus: string;
      readonly rules: readonly string[];
    };
    'event.delivered': {
      readonly id: string;
      readonly rule: string;
      readonly target: string;
      readonly attempt: number;
    };
    'event.failed': {
      readonly id: string;
      readonly rule: string;
      readonly target: string;
      readonly error: string;
      readonly deadLetterQueue?: string;
    };
  }
}

/** An event on its way to one target. On disk until it is delivered or given up. */
interface Delivery {
  readonly id: string;
  readonly rule: string;
  readonly targetId: string;
  readonly event: Envelope;
  readonly acceptedAt: number;
  readonly retries: number;
}

/** Brings events to targets at least once: retries on the virtual clock, then the dead-letter queue. */
export class Deliveries {
  private readonly pending: Collection<Delivery>;
  private readonly disturbance = new Disturbance();

  constructor(
    private readonly account: AccountParts,
    private readonly rules: Collection<Rule>,
  ) {
    this.pending = account.store.collection('events.deliveries');
  }

  /** For tests of consumers: duplicates and delays deliveries from now on. */
  disturb(settings: DisturbanceSettings | undefined): void {
    this.disturbance.set(settings);
  }

  accept(rule: Rule, event: Envelope): void {
    this.count(rule, { TriggeredRules: 1 });
    for (const target of rule.targets)
      for (const delayMs of this.disturbance.deliveries()) {
        const delivery: Delivery = {
          id: this.account.newId(),
          rule: ruleKey(rule.bus, rule.name),
          targetId: target.Id,
          event,
          acceptedAt: this.account.clock.now().getTime(),
          retries: 0,
        };
        this.pending.put(delivery.id, delivery);
        this.schedule(delivery, delayMs);
      }
  }

  /** Takes up what a stop or a kill interrupted. */
  resume(): void {
    for (const delivery of this.pending.values()) this.schedule(delivery, 0);
  }

  private schedule(delivery: Delivery, delayMs: number): void {
    if (delayMs > 0)
      this.account.clock.after(delayMs, `deliver ${delivery.event['detail-type']}`, () => this.deliver(delivery));
    else void this.account.clock.track(Promise.resolve().then(() => this.deliver(delivery)));
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const rule = this.rules.get(delivery.rule);
    const target = rule?.targets.find((each) => each.Id === delivery.targetId);
    if (rule === undefined || target === undefined) {
      this.pending.delete(delivery.id);
      return;
    }
    try {
      await this.invoke(rule, target, delivery);
      this.count(rule, { Invocations: 1, FailedInvocations: 0 });
      this.account.trace.emit('event.delivered', {
        id: delivery.event.id,
        rule: rule.name,
        target: target.Arn,
        attempt: delivery.retries + 1,
      });
      this.pending.delete(delivery.id);
    } catch (error) {
      this.failed(rule, target, delivery, error);
    }
  }

  private async invoke(rule: Rule, target: Target, { event, id, acceptedAt }: Delivery): Promise<void> {
    await invokeTarget(this.account, {
      arn: target.Arn,
      input: targetInput(target, event, {
        ruleArn: rule.arn,
        ruleName: rule.name,
        ingestionTime: new Date(acceptedAt).toISOString(),
      }),
      source: { service: 'events.amazonaws.com', arn: rule.arn },
      roleArn: target.RoleArn ?? undefined,
      token: id,
      messageGroupId: target.SqsParameters?.MessageGroupId,
      pipelineParameters: target.SageMakerPipelineParameters?.PipelineParameterList?.map(({ Name, Value }) => ({
        Name,
        Value: parameterValue(Value, event),
      })),
    });
  }

  private count(rule: Rule, counts: Readonly<Record<string, number>>): void {
    countMetrics(this.account, 'AWS/Events', { RuleName: rule.name }, counts);
  }

  private failed(rule: Rule, target: Target, delivery: Delivery, error: unknown): void {
    const next = isTransient(error)
      ? nextRetry(target.RetryPolicy ?? {}, delivery.retries, this.account.clock.now().getTime() - delivery.acceptedAt)
      : undefined;
    if (typeof next === 'number') {
      const again = { ...delivery, retries: delivery.retries + 1 };
      this.pending.put(again.id, again);
      this.account.clock.after(next, `retry ${rule.name}`, () => this.deliver(again));
      return;
    }
    this.pending.delete(delivery.id);
    this.count(rule, { Invocations: 1, FailedInvocations: 1 });
    const queue = target.DeadLetterConfig?.Arn;
    const buried = queue === undefined ? '' : this.bury(rule, target, delivery, queue, error, next);
    this.account.trace.emit('event.failed', {
      id: delivery.event.id,
      rule: rule.name,
      target: target.Arn,
      error: `${messageOf(error)}${buried}`,
      ...(queue === undefined ? {} : { deadLetterQueue: queue }),
    });
  }

  /** Sends the event to the dead-letter queue with EventBridge's attributes; returns what went wrong with that. */
  private bury(
    rule: Rule,
    target: Target,
    delivery: Delivery,
    queue: string,
    error: unknown,
    exhausted: Exhausted | undefined,
  ): string {
    const text = (value: string | number): { DataType: string; StringValue: string } => ({
      DataType: 'String',
      StringValue: String(value),
    });
    try {
      this.account
        .peer('queues')
        .sendFor({ service: 'events.amazonaws.com', arn: rule.arn }, queue, JSON.stringify(delivery.event), {
          attributes: {
            RULE_ARN: text(rule.arn),
            TARGET_ARN: text(target.Arn),
            ERROR_CODE: text(error instanceof AwsError ? error.code : 'INTERNAL_ERROR'),
            ERROR_MESSAGE: text(messageOf(error)),
            ...(exhausted === undefined
              ? {}
              : { EXHAUSTED_RETRY_CONDITION: text(exhausted), RETRY_ATTEMPTS: text(delivery.retries) }),
          },
        });
      return '';
    } catch (reason) {
      return `; the dead-letter queue did not take it either: ${messageOf(reason)}`;
    }
  }
}

/** A constant, or the part of the event a JSONPath leads to, as text. */
function parameterValue(value: string, event: Envelope): string {
  if (!value.startsWith('$')) return value;
  const found = jsonPath(value, event);
  return typeof found === 'string' ? found : JSON.stringify(found ?? '');
}
