import { list, optionalText, text, textList } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { AwsService, Body, Call, Operation, Permission } from '../../../core/service';
import type { Collection } from '../../../core/store';
import type { AlarmWatch, MetricPoint, MetricSink } from '../../shared/peers';
import { tagList, tagMap } from '../../shared/tags';
import { AlarmActions } from '../runtime/alarm-actions';
import { AlarmEngine } from '../runtime/alarm-engine';
import { AlarmListing, findAlarm } from './alarm-listing';
import type { Alarm } from '../runtime/alarm-record';
import { compositeAlarmSettings, metricAlarmSettings } from './alarm-settings';
import { parseAlarmRule, referencedAlarms } from '../runtime/composite-rule';
import { Dashboards } from './dashboards';
import { metricData } from './metric-data';
import { MetricReads } from './metric-reads';
import type { MetricStore } from '../runtime/metric-store';
import { invalidValue, unknownResource } from '../runtime/wire-errors';
import { partition } from '../../../core/partition';

/** CloudWatch: metrics, alarms, dashboards. */
export class CloudWatch implements AwsService, MetricSink, AlarmWatch {
  readonly signingName = 'monitoring';
  readonly xmlNamespace = 'http://monitoring.amazonaws.com/doc/2010-08-01/';
  private readonly alarms: Collection<Alarm>;
  private readonly engine: AlarmEngine;
  private readonly actions: AlarmActions;
  private readonly dashboards: Dashboards;
  private readonly listing: AlarmListing;
  private readonly reads: MetricReads;

  readonly operations: Readonly<Record<string, Operation>> = {
    PutMetricData: (input, call) => this.putMetricData(input, call),
    GetMetricStatistics: (input) => this.reads.getStatistics(input),
    GetMetricData: (input) => this.reads.getData(input),
    ListMetrics: (input) => this.reads.listMetrics(input),
    PutMetricAlarm: (input) => this.putAlarm(metricAlarmSettings(input)),
    PutCompositeAlarm: (input) => this.putAlarm(compositeAlarmSettings(input)),
    DescribeAlarms: (input) => this.listing.describe(input),
    DescribeAlarmsForMetric: (input) => this.listing.forMetric(input),
    DescribeAlarmHistory: (input) => this.listing.history(input),
    DeleteAlarms: (input) => this.deleteAlarms(textList(input, 'AlarmNames')),
    SetAlarmState: (input) => this.setState(input),
    EnableAlarmActions: (input) => this.switchActions(textList(input, 'AlarmNames'), true),
    DisableAlarmActions: (input) => this.switchActions(textList(input, 'AlarmNames'), false),
    TagResource: (input) => this.tag(input, (tags) => ({ ...tags, ...tagMap(list(input, 'Tags')) })),
    UntagResource: (input) => {
      const removed = new Set(textList(input, 'TagKeys'));
      this.tag(input, (tags) => Object.fromEntries(Object.entries(tags).filter(([key]) => !removed.has(key))));
    },
    ListTagsForResource: (input) => ({ Tags: tagList(this.alarmByArn(text(input, 'ResourceARN')).tags) }),
    PutDashboard: (input) => this.dashboards.put(input),
    GetDashboard: (input) => this.dashboards.get(input),
    ListDashboards: (input) => this.dashboards.list(input),
    DeleteDashboards: (input) => this.dashboards.delete(input),
  };

  constructor(
    private readonly account: AccountParts,
    private readonly metrics: MetricStore,
  ) {
    this.alarms = account.store.collection('cloudwatch.alarms');
    this.engine = new AlarmEngine(account, this.alarms, metrics);
    this.actions = new AlarmActions(account);
    this.dashboards = new Dashboards(account);
    this.listing = new AlarmListing(this.alarms, this.actions);
    this.reads = new MetricReads(metrics, account.clock);
  }

  start(): void {
    this.engine.start();
  }

  stop(): void {
    try {
      this.metrics.flush();
    } finally {
      this.metrics.close();
    }
  }

  put(namespace: string, points: readonly MetricPoint[]): void {
    const data = points.map(({ name, dimensions = {}, value, unit = 'None', time }) => ({
      namespace,
      name,
      dimensions,
      unit,
      time: (time ?? this.account.clock.now()).getTime(),
      resolution: 60,
      data: { count: 1, sum: value, min: value, max: value, values: [[value, 1] as const] },
    }));
    this.metrics.putSoon(data);
    this.engine.dataArrived(data);
  }

  stateOf(alarmName: string): Alarm['state']['value'] | undefined {
    return this.alarms.get(alarmName)?.state.value;
  }

  onChange(callback: (alarmName: string, state: Alarm['state']['value']) => void): () => void {
    this.engine.watchers.add(callback);
    return () => this.engine.watchers.delete(callback);
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const action = `cloudwatch:${operation}`;
    const names = [
      ...textList(input, 'AlarmNames'),
      ...(/^(Put.*Alarm|SetAlarmState)$/.test(operation) ? [text(input, 'AlarmName')] : []),
    ];
    const namespace = optionalText(input, 'Namespace');
    if (operation === 'PutMetricData' && namespace !== undefined)
      return [{ action, resource: '*', context: { 'cloudwatch:namespace': namespace } }];
    const dashboard = optionalText(input, 'DashboardName');
    if (dashboard !== undefined)
      return [{ action, resource: `arn:${partition}:cloudwatch::${this.account.accountId}:dashboard/${dashboard}` }];
    return names.length === 0
      ? [{ action, resource: '*' }]
      : names.map((name) => ({ action, resource: this.alarmArn(name) }));
  }

  private putMetricData(input: Body, call: Call): void {
    if (text(input, 'Namespace').startsWith('AWS/') && call.principal.kind !== 'service')
      throw invalidValue(
        'The value AWS/ for parameter Namespace is invalid: namespaces that start with it are for AWS services.',
      );
    const data = metricData(input, this.account.clock.now().getTime());
    this.metrics.put(data);
    this.engine.dataArrived(data);
  }

  private putAlarm(settings: ReturnType<typeof metricAlarmSettings> | ReturnType<typeof compositeAlarmSettings>): void {
    if (settings.kind === 'composite') this.refuseCycle(settings.name, settings.rule, [settings.name]);
    const now = this.account.clock.now().getTime();
    const before = this.alarms.get(settings.name);
    const initial = {
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      updatedAt: now,
      since: now,
    } as const;
    const alarm: Alarm = {
      ...settings,
      tags: { ...before?.tags, ...settings.tags },
      arn: this.alarmArn(settings.name),
      configuredAt: now,
      state: before?.state ?? initial,
    };
    this.engine.put(alarm);
    this.actions.configured(alarm, before === undefined ? 'create' : 'update');
  }

  private refuseCycle(name: string, rule: string, route: readonly string[]): void {
    for (const reference of referencedAlarms(parseAlarmRule(rule))) {
      const child = findAlarm(this.alarms, reference);
      const childName = child?.name ?? reference;
      if (childName === route[0])
        throw invalidValue(`the alarm rule of ${name} closes a cycle: ${[...route, childName].join(' -> ')}`);
      if (child?.kind === 'composite') this.refuseCycle(child.name, child.rule, [...route, child.name]);
    }
  }

  private deleteAlarms(names: readonly string[]): void {
    const missing = names.filter((name) => this.alarms.get(name) === undefined);
    if (missing.length > 0) throw unknownResource(`there are no alarms ${missing.join(', ')}; nothing was deleted`);
    for (const name of names) {
      const alarm = this.require(name);
      this.engine.delete(name);
      this.actions.configured(alarm, 'delete');
    }
  }

  private setState(input: Body): void {
    const alarm = this.require(text(input, 'AlarmName'));
    const value = text(input, 'StateValue');
    if (value !== 'OK' && value !== 'ALARM' && value !== 'INSUFFICIENT_DATA')
      throw invalidValue(`'StateValue' is '${value}'; allowed: OK, ALARM, INSUFFICIENT_DATA`);
    this.engine.setState(alarm.name, value, text(input, 'StateReason'), optionalText(input, 'StateReasonData'));
  }

  private switchActions(names: readonly string[], actionsEnabled: boolean): void {
    for (const name of names) {
      const alarm = this.alarms.get(name);
      if (alarm !== undefined) this.alarms.put(name, { ...alarm, actionsEnabled });
    }
  }

  private tag(input: Body, change: (tags: Alarm['tags']) => Alarm['tags']): void {
    const alarm = this.alarmByArn(text(input, 'ResourceARN'));
    this.alarms.put(alarm.name, { ...alarm, tags: change(alarm.tags) });
  }

  private alarmByArn(arn: string): Alarm {
    const alarm = this.alarms.values().find((each) => each.arn === arn);
    if (alarm === undefined) throw unknownResource(`${arn} does not exist`);
    return alarm;
  }

  private require(name: string): Alarm {
    const alarm = this.alarms.get(name);
    if (alarm === undefined) throw unknownResource(`there is no alarm ${name}`);
    return alarm;
  }

  private alarmArn(name: string): string {
    return this.account.arn('cloudwatch', `alarm:${name}`);
  }
}
