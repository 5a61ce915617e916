import { bodies, list, optionalInstant, optionalNumber, optionalText, text, textList } from '../../core/input';
import type { AccountParts } from '../../core/module';
import { AwsMap, type AwsService, type Body, type Call, type Operation, type Permission } from '../../core/service';
import type { Collection } from '../../core/store';
import type { AlarmWatch, MetricPoint, MetricSink } from '../shared/peers';
import { tagList, tagMap } from '../shared/tags';
import { AlarmActions } from './alarm-actions';
import { AlarmEngine } from './alarm-engine';
import { describedAlarm, dimensionList, type Alarm } from './alarm-record';
import { compositeAlarmSettings, metricAlarmSettings } from './alarm-settings';
import { parseAlarmRule, referencedAlarms } from './composite-rule';
import { Dashboards } from './dashboards';
import { metricData } from './metric-data';
import { metricKey, type MetricStore } from './metric-store';
import { paged } from './paging';
import { checkedPeriod, checkedStatistic, dimensionsOf, metricQueries, runQueries } from './queries';
import { simpleStatistics, statistic } from './statistics';
import { invalidCombination, invalidValue, unknownResource } from './wire-errors';

/** CloudWatch: metrics, alarms, dashboards. */
export class CloudWatch implements AwsService, MetricSink, AlarmWatch {
  readonly signingName = 'monitoring';
  readonly xmlNamespace = 'http://monitoring.amazonaws.com/doc/2010-08-01/';
  private readonly alarms: Collection<Alarm>;
  private readonly engine: AlarmEngine;
  private readonly actions: AlarmActions;
  private readonly dashboards: Dashboards;

  readonly operations: Readonly<Record<string, Operation>> = {
    PutMetricData: (input, call) => this.putMetricData(input, call),
    GetMetricStatistics: (input) => this.getStatistics(input),
    GetMetricData: (input) => this.getData(input),
    ListMetrics: (input) => this.listMetrics(input),
    PutMetricAlarm: (input) => this.putAlarm(metricAlarmSettings(input)),
    PutCompositeAlarm: (input) => this.putAlarm(compositeAlarmSettings(input)),
    DescribeAlarms: (input) => this.describeAlarms(input),
    DescribeAlarmsForMetric: (input) => this.alarmsForMetric(input),
    DescribeAlarmHistory: (input) => this.history(input),
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
  }

  start(): void {
    this.engine.start();
  }

  stop(): void {
    this.metrics.flush();
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
      return [{ action, resource: `arn:aws:cloudwatch::${this.account.accountId}:dashboard/${dashboard}` }];
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

  private getStatistics(input: Body): Body {
    const [start, end] = this.range(input);
    const period = checkedPeriod(optionalNumber(input, 'Period'));
    const statistics = textList(input, 'Statistics');
    const extended = textList(input, 'ExtendedStatistics').map(checkedStatistic);
    const unknown = statistics.filter((each) => !simpleStatistics.includes(each));
    if (unknown.length > 0)
      throw invalidValue(`'Statistics' has ${unknown.join(', ')}; allowed: ${simpleStatistics.join(', ')}`);
    if (statistics.length + extended.length === 0)
      throw invalidCombination("one of 'Statistics' and 'ExtendedStatistics' is needed");
    if ((end - start) / (period * 1000) > 1440)
      throw invalidCombination(
        `You have requested up to ${Math.ceil((end - start) / (period * 1000))} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
      );
    const metric = {
      namespace: text(input, 'Namespace'),
      name: text(input, 'MetricName'),
      dimensions: dimensionsOf(input),
    };
    const unit = optionalText(input, 'Unit');
    const points = this.metrics.intervals(metric, start, end, period * 1000, unit).map(([at, data, stored]) => ({
      Timestamp: new Date(at),
      ...Object.fromEntries(statistics.map((name) => [name, statistic(data, name)])),
      ...(extended.length === 0
        ? {}
        : {
            ExtendedStatistics: new AwsMap(Object.fromEntries(extended.map((name) => [name, statistic(data, name)]))),
          }),
      Unit: stored,
    }));
    return { Label: metric.name, Datapoints: points };
  }

  private getData(input: Body): Body {
    const [start, end] = this.range(input);
    const queries = metricQueries(input, 'MetricDataQueries');
    if (queries.length === 0) throw invalidCombination("'MetricDataQueries' is empty");
    const ascending = optionalText(input, 'ScanBy') === 'TimestampAscending';
    const results = runQueries(this.metrics, queries, start, end).flatMap(({ query, values }) => {
      if (!query.returnData) return [];
      return values.map((series, index) => {
        const points = [...series].sort(([a], [b]) => (ascending ? a - b : b - a));
        return {
          Id: query.id,
          Label: query.label ?? query.metric?.name ?? (values.length > 1 ? `${query.id} ${index}` : query.id),
          Timestamps: points.map(([at]) => new Date(at)),
          Values: points.map(([, value]) => value),
          StatusCode: 'Complete',
        };
      });
    });
    return { MetricDataResults: results, Messages: [] };
  }

  private range(input: Body): readonly [number, number] {
    const [start, end] = [optionalInstant(input, 'StartTime'), optionalInstant(input, 'EndTime')];
    if (start === undefined || end === undefined) throw invalidValue("'StartTime' and 'EndTime' are needed");
    if (end <= start) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
    return [Math.floor(start.getTime() / 60_000) * 60_000, end.getTime()];
  }

  private listMetrics(input: Body): Body {
    const [namespace, name] = [optionalText(input, 'Namespace'), optionalText(input, 'MetricName')];
    const filters = bodies(input, 'Dimensions').map((each) => ({
      name: text(each, 'Name'),
      value: optionalText(each, 'Value'),
    }));
    const recent =
      optionalText(input, 'RecentlyActive') === 'PT3H' ? this.account.clock.now().getTime() - 3 * 3_600_000 : 0;
    const found = this.metrics
      .metrics()
      .filter(
        (each) =>
          (namespace === undefined || each.namespace === namespace) &&
          (name === undefined || each.name === name) &&
          each.latest >= recent &&
          filters.every(
            (filter) =>
              filter.name in each.dimensions &&
              (filter.value === undefined || each.dimensions[filter.name] === filter.value),
          ),
      );
    const { page, next } = paged(found, input, 500);
    return {
      Metrics: page.map((each) => ({
        Namespace: each.namespace,
        MetricName: each.name,
        Dimensions: dimensionList(each.dimensions),
      })),
      NextToken: next,
    };
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
      const child = this.find(reference);
      const childName = child?.name ?? reference;
      if (childName === route[0])
        throw invalidValue(`the alarm rule of ${name} closes a cycle: ${[...route, childName].join(' -> ')}`);
      if (child?.kind === 'composite') this.refuseCycle(child.name, child.rule, [...route, child.name]);
    }
  }

  private describeAlarms(input: Body): Body {
    const names = textList(input, 'AlarmNames');
    const types = textList(input, 'AlarmTypes');
    const [prefix, action, state] = [
      optionalText(input, 'AlarmNamePrefix'),
      optionalText(input, 'ActionPrefix'),
      optionalText(input, 'StateValue'),
    ];
    const family = this.family(input);
    const found = this.alarms
      .values()
      .filter(
        (each) =>
          (names.length === 0 || names.includes(each.name)) &&
          (family === undefined || family.has(each.name)) &&
          (types.length === 0
            ? each.kind === 'metric' || names.length > 0 || family !== undefined
            : types.includes(each.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm')) &&
          (prefix === undefined || each.name.startsWith(prefix)) &&
          (state === undefined || each.state.value === state) &&
          (action === undefined ||
            [...each.alarmActions, ...each.okActions, ...each.insufficientDataActions].some((arn) =>
              arn.startsWith(action),
            )),
      );
    const { page, next } = paged(found, input, optionalNumber(input, 'MaxRecords') ?? 50);
    return {
      MetricAlarms: page.filter((each) => each.kind === 'metric').map(describedAlarm),
      CompositeAlarms: page.filter((each) => each.kind === 'composite').map(describedAlarm),
      NextToken: next,
    };
  }

  /** Names that ChildrenOfAlarmName or ParentsOfAlarmName select. */
  private family(input: Body): ReadonlySet<string> | undefined {
    const [children, parents] = [optionalText(input, 'ChildrenOfAlarmName'), optionalText(input, 'ParentsOfAlarmName')];
    const childrenOf = (alarm: Alarm | undefined): readonly string[] =>
      alarm?.kind === 'composite'
        ? referencedAlarms(parseAlarmRule(alarm.rule)).flatMap((each) => this.find(each)?.name ?? [])
        : [];
    if (children !== undefined) return new Set(childrenOf(this.alarms.get(children)));
    if (parents !== undefined)
      return new Set(
        this.alarms
          .values()
          .filter((each) => childrenOf(each).includes(parents))
          .map((each) => each.name),
      );
    return undefined;
  }

  private alarmsForMetric(input: Body): Body {
    const key = metricKey({
      namespace: text(input, 'Namespace'),
      name: text(input, 'MetricName'),
      dimensions: dimensionsOf(input),
    });
    const found = this.alarms
      .values()
      .filter(
        (each) =>
          each.kind === 'metric' &&
          each.queries.some((query) => query.metric !== undefined && metricKey(query.metric) === key),
      );
    return { MetricAlarms: found.map(describedAlarm) };
  }

  private history(input: Body): Body {
    const [name, type] = [optionalText(input, 'AlarmName'), optionalText(input, 'HistoryItemType')];
    const types = textList(input, 'AlarmTypes');
    const [from, to] = [
      optionalInstant(input, 'StartDate')?.getTime() ?? -Infinity,
      optionalInstant(input, 'EndDate')?.getTime() ?? Infinity,
    ];
    const found = this.actions
      .items()
      .filter(
        (each) =>
          (name === undefined || each.alarm === name) &&
          (type === undefined || each.type === type) &&
          (types.length === 0 || types.includes(each.alarmType)) &&
          each.time >= from &&
          each.time <= to,
      );
    const ordered = optionalText(input, 'ScanBy') === 'TimestampAscending' ? found : [...found].reverse();
    const { page, next } = paged(ordered, input, optionalNumber(input, 'MaxRecords') ?? 100);
    return {
      AlarmHistoryItems: page.map((each) => ({
        AlarmName: each.alarm,
        AlarmType: each.alarmType,
        Timestamp: new Date(each.time),
        HistoryItemType: each.type,
        HistorySummary: each.summary,
        HistoryData: each.data,
      })),
      NextToken: next,
    };
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

  private find(nameOrArn: string): Alarm | undefined {
    return this.alarms.get(nameOrArn) ?? this.alarms.values().find((each) => each.arn === nameOrArn);
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
