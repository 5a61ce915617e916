import { optionalInstant, optionalNumber, optionalText, text, textList } from '../../../core/input';
import type { Body } from '../../../core/service';
import type { Collection } from '../../../core/store';
import type { AlarmActions } from '../runtime/alarm-actions';
import { describedAlarm, type Alarm } from '../runtime/alarm-record';
import { parseAlarmRule, referencedAlarms } from '../runtime/composite-rule';
import { metricKey } from '../runtime/metric-store';
import { paged } from './paging';
import { dimensionsOf } from '../runtime/queries';

/** What can be asked about alarms: their settings and state, and what happened to them. */
export class AlarmListing {
  constructor(
    private readonly alarms: Collection<Alarm>,
    private readonly actions: AlarmActions,
  ) {}

  describe(input: Body): Body {
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
        ? referencedAlarms(parseAlarmRule(alarm.rule)).flatMap((each) => findAlarm(this.alarms, each)?.name ?? [])
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

  forMetric(input: Body): Body {
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

  history(input: Body): Body {
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
}

/** An alarm by its name or ARN; composite rules may use either. */
export function findAlarm(alarms: Collection<Alarm>, nameOrArn: string): Alarm | undefined {
  return alarms.get(nameOrArn) ?? alarms.values().find((each) => each.arn === nameOrArn);
}
