import { AwsError, messageOf, validation } from '../../../core/errors';
import { bodies, list, optionalText, text, textList } from '../../../core/input';
import type { AccountParts, AwsEvent, EventBus } from '../../../core/module';
import type { AwsService, Body, Operation, Permission } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { tagList, tagMap } from '../../shared/tags';
import { requireTrust } from '../../shared/trust';
import { Buses, busName } from './buses';
import { Deliveries } from '../runtime/delivery';
import { envelope, type Envelope } from '../runtime/envelope';
import { Patterns } from '../runtime/patterns';
import { requireRule, ruleKey, type Rule } from '../runtime/rules';
import { RuleTimers } from '../runtime/rule-timers';
import {
  type Bus,
  checkedTarget,
  checkSchedule,
  described,
  describedBus,
  eventOf,
  isState,
  testEvent,
} from './requests';

/** EventBridge: buses, rules, targets and the events themselves. */
export class EventBridge implements AwsService, EventBus {
  readonly signingName = 'events';
  readonly deliveries: Deliveries;
  private readonly buses: Buses;
  private readonly rules: Collection<Rule>;
  private readonly timers: RuleTimers;
  private readonly patterns = new Patterns();

  readonly operations: Readonly<Record<string, Operation>> = {
    PutEvents: (input) => this.putEvents(input),
    TestEventPattern: (input) => ({
      Result: this.patterns.of(text(input, 'EventPattern'))(testEvent(text(input, 'Event'))),
    }),
    PutRule: (input) => this.putRule(input),
    DescribeRule: (input) => described(this.rule(input)),
    ListRules: (input) => ({ Rules: this.rulesOf(input).map((each) => described(each)) }),
    DeleteRule: (input) => this.deleteRule(input),
    EnableRule: (input) => this.change(this.rule(input), { state: 'ENABLED' }),
    DisableRule: (input) => this.change(this.rule(input), { state: 'DISABLED' }),
    PutTargets: (input) => this.putTargets(input),
    RemoveTargets: (input) => this.removeTargets(input),
    ListTargetsByRule: (input) => ({ Targets: this.rule(input, 'Rule').targets }),
    ListRuleNamesByTarget: (input) => ({
      RuleNames: this.rulesOf(input)
        .filter((rule) => rule.targets.some((each) => each.Arn === text(input, 'TargetArn')))
        .map((rule) => rule.name),
    }),
    CreateEventBus: (input) => this.buses.create(input),
    DescribeEventBus: (input) => describedBus(this.buses.get(optionalText(input, 'Name'))),
    ListEventBuses: (input) => this.buses.list(input),
    DeleteEventBus: (input) => this.buses.delete(text(input, 'Name')),
    TagResource: (input) =>
      this.tag(text(input, 'ResourceARN'), (tags) => ({ ...tags, ...tagMap(list(input, 'Tags')) })),
    UntagResource: (input) => {
      const removed = new Set(textList(input, 'TagKeys'));
      return this.tag(text(input, 'ResourceARN'), (tags) =>
        Object.fromEntries(Object.entries(tags).filter(([key]) => !removed.has(key))),
      );
    },
    ListTagsForResource: (input) => ({ Tags: tagList(this.tagged(text(input, 'ResourceARN')).tags) }),
  };

  constructor(private readonly account: AccountParts) {
    this.rules = account.store.collection('events.rules');
    this.buses = new Buses(account, this.rules);
    this.deliveries = new Deliveries(account, this.rules);
    this.timers = new RuleTimers(account.clock, (rule) => this.fireSchedule(rule));
  }

  start(): void {
    for (const rule of this.rules.values()) this.timers.arm(rule);
    this.deliveries.resume();
  }

  publish(event: AwsEvent): string {
    return this.route('default', envelope(this.account, event));
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const action = `events:${operation}`;
    if (operation === 'PutEvents')
      return bodies(input, 'Entries').map((each) => ({
        action,
        resource: this.account.arn('events', `event-bus/${busName(optionalText(each, 'EventBusName'))}`),
      }));
    const name = optionalText(input, 'Rule') ?? (/Rule$/.test(operation) ? optionalText(input, 'Name') : undefined);
    return [
      { action, resource: name === undefined ? '*' : this.ruleArn(busName(optionalText(input, 'EventBusName')), name) },
    ];
  }

  private route(bus: string, event: Envelope): string {
    const matching = this.rules
      .values()
      .filter(
        (rule) =>
          rule.bus === bus &&
          rule.state !== 'DISABLED' &&
          rule.pattern !== undefined &&
          this.patterns.of(rule.pattern)(event),
      );
    this.account.trace.emit('event.published', {
      id: event.id,
      source: event.source,
      detailType: event['detail-type'],
      bus,
      rules: matching.map((rule) => rule.name),
    });
    for (const rule of matching) this.deliveries.accept(rule, event);
    return event.id;
  }

  private fireSchedule(rule: Rule): void {
    const event = envelope(this.account, {
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      detail: {},
      resources: [rule.arn],
    });
    this.account.trace.emit('event.published', {
      id: event.id,
      source: event.source,
      detailType: event['detail-type'],
      bus: rule.bus,
      rules: [rule.name],
    });
    this.deliveries.accept(rule, event);
  }

  private putEvents(input: Body): Body {
    const entries = bodies(input, 'Entries');
    if (entries.length === 0 || entries.length > 10)
      throw validation(`'Entries' has ${entries.length} events; 1 to 10 are allowed`);
    // EventBridge User Guide, PutEvents entry size: a megabyte for all entries together.
    const size = entries.reduce((sum, entry) => sum + Buffer.byteLength(JSON.stringify(entry)), 0);
    if (size > 1_048_576) throw validation('Total size of the entries in the request is over the limit.');
    const results = entries.map((entry): Body => {
      try {
        const bus = this.buses.get(optionalText(entry, 'EventBusName'));
        return { EventId: this.route(bus.name, eventOf(this.account, entry)) };
      } catch (error) {
        return {
          ErrorCode: error instanceof AwsError ? error.code : 'InternalException',
          ErrorMessage: messageOf(error),
        };
      }
    });
    return { FailedEntryCount: results.filter((each) => 'ErrorCode' in each).length, Entries: results };
  }

  private putRule(input: Body): Body {
    const name = text(input, 'Name');
    if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name))
      throw validation(`'${name}' is not a rule name; 1 to 64 of letters, digits, . - _`);
    const bus = this.buses.get(optionalText(input, 'EventBusName')).name;
    const [pattern, schedule] = [optionalText(input, 'EventPattern'), optionalText(input, 'ScheduleExpression')];
    if (pattern === undefined && schedule === undefined)
      throw validation('Parameter(s) EventPattern or ScheduleExpression must be specified.');
    if (pattern !== undefined) this.patterns.of(pattern);
    if (schedule !== undefined) checkSchedule(schedule, bus);
    const before = this.rules.get(ruleKey(bus, name));
    const state = optionalText(input, 'State') ?? 'ENABLED';
    if (!isState(state)) throw validation(`'State' is '${state}'; allowed: ENABLED, DISABLED`);
    this.save({
      name,
      bus,
      arn: this.ruleArn(bus, name),
      pattern,
      schedule,
      state,
      description: optionalText(input, 'Description'),
      roleArn: optionalText(input, 'RoleArn'),
      targets: before?.targets ?? [],
      tags: { ...before?.tags, ...tagMap(list(input, 'Tags')) },
      createdAt:
        before !== undefined && before.schedule === schedule ? before.createdAt : this.account.clock.now().getTime(),
    });
    return { RuleArn: this.ruleArn(bus, name) };
  }

  private deleteRule(input: Body): void {
    const bus = busName(optionalText(input, 'EventBusName'));
    const name = text(input, 'Name');
    const rule = this.rules.get(ruleKey(bus, name));
    if (rule === undefined) return;
    if (rule.targets.length > 0) throw validation("Rule can't be deleted since it has targets.");
    this.timers.disarm(rule);
    this.rules.delete(ruleKey(bus, name));
  }

  private async putTargets(input: Body): Promise<Body> {
    const rule = this.rule(input, 'Rule');
    const targets = bodies(input, 'Targets').map(checkedTarget);
    for (const { RoleArn } of targets)
      if (RoleArn !== undefined)
        await requireTrust(this.account, RoleArn, { service: 'events.amazonaws.com', arn: rule.arn });
    const kept = rule.targets.filter((each) => !targets.some((target) => target.Id === each.Id));
    if (kept.length + targets.length > 5)
      throw new AwsError(
        'LimitExceededException',
        'The requested resource exceeds the maximum number allowed: 5 targets a rule.',
      );
    this.change(rule, { targets: [...kept, ...targets] });
    return { FailedEntryCount: 0, FailedEntries: [] };
  }

  private removeTargets(input: Body): Body {
    const rule = this.rule(input, 'Rule');
    const removed = new Set(textList(input, 'Ids'));
    const unknown = [...removed].filter((id) => !rule.targets.some((each) => each.Id === id));
    this.change(rule, { targets: rule.targets.filter((each) => !removed.has(each.Id)) });
    return {
      FailedEntryCount: unknown.length,
      FailedEntries: unknown.map((TargetId) => ({
        TargetId,
        ErrorCode: 'ResourceNotFoundException',
        ErrorMessage: `Target ${TargetId} does not exist.`,
      })),
    };
  }

  private tag(arn: string, change: (tags: Readonly<Record<string, string>>) => Readonly<Record<string, string>>): void {
    const found = this.tagged(arn);
    if ('bus' in found) this.rules.put(ruleKey(found.bus, found.name), { ...found, tags: change(found.tags) });
    else this.buses.put({ ...found, tags: change(found.tags) });
  }

  private tagged(arn: string): Rule | Bus {
    const found = this.rules.values().find((each) => each.arn === arn) ?? this.buses.byArn(arn);
    if (found === undefined) throw new AwsError('ResourceNotFoundException', `${arn} does not exist.`);
    return found;
  }

  private save(rule: Rule): void {
    this.rules.put(ruleKey(rule.bus, rule.name), rule);
    this.timers.arm(rule);
  }

  private change(rule: Rule, change: Partial<Rule>): void {
    this.save({ ...rule, ...change });
  }

  private rule(input: Body, member = 'Name'): Rule {
    return requireRule(this.rules, busName(optionalText(input, 'EventBusName')), text(input, member));
  }

  private rulesOf(input: Body): readonly Rule[] {
    const bus = busName(optionalText(input, 'EventBusName'));
    return this.rules
      .values()
      .filter((rule) => rule.bus === bus && rule.name.startsWith(optionalText(input, 'NamePrefix') ?? ''));
  }

  private ruleArn(bus: string, name: string): string {
    return this.account.arn('events', bus === 'default' ? `rule/${name}` : `rule/${bus}/${name}`);
  }
}
