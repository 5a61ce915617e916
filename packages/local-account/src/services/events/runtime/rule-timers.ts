import type { Clock } from '../../../core/clock';
import { parseSchedule } from '../../shared/schedule-expression';
import { ruleKey, type Rule } from './rules';

/** Fires scheduled rules on the virtual clock. A rate counts from when its rule was made. */
export class RuleTimers {
  private readonly armed = new Map<string, () => void>();

  constructor(
    private readonly clock: Clock,
    private readonly fire: (rule: Rule) => void,
  ) {}

  /** Sets the rule's next firing; takes away one that was set before. */
  arm(rule: Rule): void {
    this.disarm(rule);
    if (rule.schedule === undefined || rule.state === 'DISABLED') return;
    const next = parseSchedule(rule.schedule).next(this.clock.now(), new Date(rule.createdAt));
    if (next === undefined) return;
    const cancel = this.clock.at(next, `rule ${rule.name}`, () => {
      this.arm(rule);
      this.fire(rule);
    });
    this.armed.set(ruleKey(rule.bus, rule.name), cancel);
  }

  disarm(rule: Rule): void {
    this.armed.get(ruleKey(rule.bus, rule.name))?.();
    this.armed.delete(ruleKey(rule.bus, rule.name));
  }
}
