import type { AccountParts } from '../../../core/module';
import type { Collection } from '../../../core/store';
import { AlarmActions } from './alarm-actions';
import { evaluateAlarm, evaluationRange, type AlarmState } from './alarm-evaluation';
import { type Alarm, type CompositeAlarm, type MetricAlarm, type StateRecord } from './alarm-record';
import { alarmReason, alarmReasonData } from './alarm-text';
import { compositeReason, nameOf } from './composite-reason';
import { evaluateRule, parseAlarmRule, referencedAlarms, type RuleNode } from './composite-rule';
import { metricKey, type MetricId, type MetricStore } from './metric-store';
import { runQueries, samplesOf } from './queries';
import { suppressionAfter } from './suppression';

/**
 * Keeps the states of alarms right on the virtual clock.
 *
 * CloudWatch evaluates an alarm once a minute over windows that end at that minute. Between evaluations nothing can change
 * unless data comes or a datapoint moves from one window to the next, so the engine evaluates just then:
 * - after data came, at the same instant of the virtual clock but after the work that sends it has settled. For periods longer
 *   than a minute the minute that has begun counts when it has data, so that a run which ends by publishing its metrics is
 *   judged within the same advance of the clock (CloudWatch would take up to a minute longer). For shorter periods only
 *   complete ones count: half a minute of requests would make a poor average;
 * - at each minute at which a datapoint enters or leaves a window, as long as it is in the evaluation range;
 * - a new or changed alarm at the next full minute.
 */
export class AlarmEngine {
  private readonly timers = new Map<string, () => void>();
  private readonly byMetric = new Map<string, Set<string>>();
  private readonly rules = new Map<string, RuleNode>();
  private dirty = new Set<string>();
  private due: { readonly at: number; readonly cancel: () => void } | undefined;
  private evaluatedAt = 0;
  private readonly actions: AlarmActions;

  constructor(
    private readonly account: AccountParts,
    private readonly alarms: Collection<Alarm>,
    private readonly metrics: MetricStore,
  ) {
    this.actions = new AlarmActions(account);
    for (const alarm of alarms.values()) this.index(alarm);
  }

  /** Calls back after each change of an alarm's state. */
  get watchers(): AlarmActions['watchers'] {
    return this.actions.watchers;
  }

  start(): void {
    for (const alarm of this.alarms.values()) this.touch(alarm.name);
  }

  /** A new or changed alarm: evaluated at the next full minute. */
  put(alarm: Alarm): void {
    this.forget(alarm.name);
    this.alarms.put(alarm.name, alarm);
    this.index(alarm);
    const now = this.now();
    this.arm(alarm.name, Math.floor(now / 60_000) * 60_000 + 60_000);
  }

  delete(name: string): void {
    this.forget(name);
    this.alarms.delete(name);
  }

  /** Data came: its alarms are evaluated once the present work has settled. */
  dataArrived(metrics: readonly MetricId[]): void {
    const now = this.now();
    const since = now - this.evaluatedAt;
    const at = since > 0 && since < evaluateEvery ? this.evaluatedAt + evaluateEvery : now;
    for (const metric of metrics) for (const name of this.byMetric.get(metricKey(metric)) ?? []) this.touch(name, at);
  }

  /** Sets a state by hand; the next evaluation may put it back. */
  setState(name: string, value: AlarmState, reason: string, reasonData: string | undefined): void {
    const alarm = this.alarms.get(name);
    if (alarm === undefined) return;
    this.arm(name, Math.floor(this.now() / 60_000) * 60_000 + 60_000);
    this.transition(alarm, value, reason, reasonData);
    this.propagate([name]);
  }

  private now(): number {
    return this.account.clock.now().getTime();
  }

  /** @param at when it is evaluated; before that when something else is. Default: now. */
  private touch(name: string, at = this.now()): void {
    this.dirty.add(name);
    if (this.due !== undefined && this.due.at <= at) return;
    this.due?.cancel();
    this.due = { at, cancel: this.account.clock.at(new Date(at), 'evaluate alarms', () => this.evaluateDirty()) };
  }

  private evaluateDirty(): void {
    const names = this.dirty;
    this.dirty = new Set();
    this.due = undefined;
    this.evaluatedAt = this.now();
    this.propagate([...names].filter((name) => this.evaluate(name)));
  }

  /** Composite alarms follow those they are made of, and suppressors release what they held back. */
  private propagate(changed: readonly string[]): void {
    for (let wave = changed; wave.length > 0;) {
      const next: string[] = [];
      for (const alarm of this.alarms.values()) {
        if (alarm.kind !== 'composite') continue;
        if (alarm.suppressor !== undefined && wave.includes(nameOf(alarm.suppressor))) this.suppressorChanged(alarm);
        if (
          referencedAlarms(this.rule(alarm)).some((each) => wave.includes(nameOf(each))) &&
          this.evaluate(alarm.name, wave)
        )
          next.push(alarm.name);
      }
      wave = next;
    }
  }

  /** True when the state changed. */
  private evaluate(name: string, causes: readonly string[] = []): boolean {
    const alarm = this.alarms.get(name);
    if (alarm === undefined) return false;
    return alarm.kind === 'metric' ? this.evaluateMetric(alarm) : this.evaluateComposite(alarm, causes);
  }

  private evaluateMetric(alarm: MetricAlarm): boolean {
    const now = this.now();
    const step = Math.min(alarm.period, 60) * 1000;
    const [period, range] = [alarm.period * 1000, evaluationRange(alarm.evaluationPeriods)];
    const end = this.windowEnd(alarm, now, step);
    const start = end - range * period;
    const values = runQueries(this.metrics, alarm.queries, start, end).find((each) => each.query.returnData)?.values[0];
    const times = Array.from({ length: range }, (_, age) => end - (age + 1) * period);
    const series = times.map((time) => values?.get(time));
    const verdict = evaluateAlarm(alarm, series, alarm.state.value);
    this.armNext(alarm, now, start, step);
    if (verdict.state === alarm.state.value) return false;
    const data = alarmReasonData(alarm, verdict, series, times, now, samplesOf(this.metrics, alarm, start, end, times));
    this.transition(alarm, verdict.state, alarmReason(alarm, verdict, series, times), data);
    return true;
  }

  /** Windows end with the last complete minute, or with the one that has begun when it has data and the period is longer. */
  private windowEnd(alarm: MetricAlarm, now: number, step: number): number {
    const begun = Math.floor(now / step) * step;
    if (alarm.period * 1000 <= step) return begun;
    const hasData = alarm.queries.some(
      ({ metric }) => metric !== undefined && this.metrics.slots(metric, begun, begun + step).length > 0,
    );
    return hasData ? begun + step : begun;
  }

  /** The next instant at which a datapoint enters a window or moves on to an older one. */
  private armNext(alarm: MetricAlarm, now: number, start: number, step: number): void {
    const period = alarm.period * 1000;
    const moves = alarm.queries
      .flatMap((query) => (query.metric === undefined ? [] : this.metrics.slots(query.metric, start, Infinity)))
      .flatMap((slot) => {
        const begun = Math.floor(slot / step) * step;
        return [begun, begun + step];
      })
      .map((from) => (from > now ? from : from + (Math.floor((now - from) / period) + 1) * period));
    if (moves.length > 0)
      this.arm(
        alarm.name,
        moves.reduce((earliest, each) => Math.min(earliest, each)),
      );
    else this.disarm(alarm.name);
  }

  private evaluateComposite(alarm: CompositeAlarm, causes: readonly string[]): boolean {
    const holds = evaluateRule(this.rule(alarm), (each) => this.alarms.get(nameOf(each))?.state.value);
    const value = holds ? 'ALARM' : 'OK';
    if (value === alarm.state.value) return false;
    const referenced = referencedAlarms(this.rule(alarm)).flatMap((each) => this.alarms.get(nameOf(each)) ?? []);
    const { reason, reasonData } = compositeReason(
      alarm,
      holds,
      referenced.filter((each) => causes.includes(each.name)),
    );
    this.transition(alarm, value, reason, reasonData);
    return true;
  }

  private transition(alarm: Alarm, value: AlarmState, reason: string, reasonData: string | undefined): void {
    const now = this.now();
    const suppression =
      alarm.kind === 'composite' ? suppressionAfter(alarm, value, this.suppressorFires(alarm), now) : {};
    const state: StateRecord = {
      value,
      reason,
      reasonData,
      updatedAt: now,
      since: value === alarm.state.value ? alarm.state.since : now,
      ...suppression,
    };
    this.change(alarm, state);
    if (state.suppressedUntil !== undefined) this.armRelease(alarm.name, state.suppressedUntil);
  }

  private change(alarm: Alarm, state: StateRecord): void {
    const after = { ...alarm, state };
    this.alarms.put(alarm.name, after);
    this.actions.changed(after, alarm.state);
  }

  /** The suppressor of a composite alarm changed its state: holds back, extends or lets go. */
  private suppressorChanged(alarm: CompositeAlarm): void {
    const { state } = alarm;
    const fires = this.suppressorFires(alarm);
    if (fires && state.actionsSuppressedBy !== undefined && state.actionsSuppressedBy !== 'Alarm') {
      this.disarm(`release ${alarm.name}`);
      this.change(alarm, { ...state, updatedAt: this.now(), actionsSuppressedBy: 'Alarm', suppressedUntil: undefined });
    } else if (!fires && state.actionsSuppressedBy === 'Alarm') {
      const extension = (alarm.extensionPeriod ?? 0) * 1000;
      if (extension === 0) return this.release(alarm);
      const until = this.now() + extension;
      this.change(alarm, {
        ...state,
        updatedAt: this.now(),
        actionsSuppressedBy: 'ExtensionPeriod',
        suppressedUntil: until,
      });
      this.armRelease(alarm.name, until);
    }
  }

  private release(alarm: CompositeAlarm): void {
    this.change(alarm, {
      ...alarm.state,
      updatedAt: this.now(),
      actionsSuppressedBy: undefined,
      suppressedUntil: undefined,
    });
  }

  private armRelease(name: string, at: number): void {
    this.disarm(`release ${name}`);
    const cancel = this.account.clock.at(new Date(at), `release ${name}`, () => {
      const alarm = this.alarms.get(name);
      if (alarm?.kind === 'composite' && alarm.state.suppressedUntil === at) this.release(alarm);
    });
    this.timers.set(`release ${name}`, cancel);
  }

  private suppressorFires(alarm: CompositeAlarm): boolean {
    return alarm.suppressor !== undefined && this.alarms.get(nameOf(alarm.suppressor))?.state.value === 'ALARM';
  }

  private arm(name: string, at: number): void {
    this.disarm(name);
    this.timers.set(
      name,
      this.account.clock.at(new Date(at), `alarm ${name}`, () => this.touch(name)),
    );
  }

  private disarm(name: string): void {
    this.timers.get(name)?.();
    this.timers.delete(name);
  }

  private index(alarm: Alarm): void {
    if (alarm.kind === 'composite') {
      if (alarm.state.suppressedUntil !== undefined) this.armRelease(alarm.name, alarm.state.suppressedUntil);
      return;
    }
    for (const { metric } of alarm.queries) {
      if (metric === undefined) continue;
      const key = metricKey(metric);
      this.byMetric.set(key, (this.byMetric.get(key) ?? new Set()).add(alarm.name));
    }
  }

  private forget(name: string): void {
    this.disarm(name);
    this.disarm(`release ${name}`);
    this.rules.delete(name);
    for (const names of this.byMetric.values()) names.delete(name);
  }

  private rule(alarm: CompositeAlarm): RuleNode {
    const known = this.rules.get(alarm.name);
    if (known !== undefined) return known;
    const parsed = parseAlarmRule(alarm.rule);
    this.rules.set(alarm.name, parsed);
    return parsed;
  }
}

/** Milliseconds between evaluations while data keeps coming as real time passes: an endpoint under load counts every request. */
const evaluateEvery = 250;
