import { messageOf } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import type { Collection } from '../../../core/store';
import '../../shared/peers';
import type { AlarmState } from './alarm-evaluation';
import type { Alarm, StateRecord } from './alarm-record';
import { alarmConfiguration, alarmEventDetail, alarmMessage, stateDetail } from './alarm-text';
import { partition } from '../../../core/partition';

declare module '../../../core/trace' {
  interface TraceEvents {
    'alarm.changed': {
      readonly alarm: string;
      readonly from: AlarmState;
      readonly to: AlarmState;
      readonly reason: string;
      readonly suppressedBy?: string;
    };
    'alarm.action': { readonly alarm: string; readonly action: string; readonly error?: string };
  }
}

export interface HistoryItem {
  readonly alarm: string;
  readonly alarmType: 'MetricAlarm' | 'CompositeAlarm';
  readonly time: number;
  readonly type: 'StateUpdate' | 'ConfigurationUpdate' | 'Action';
  readonly summary: string;
  readonly data: string;
}

const historyLimit = 5_000;
const regionNames: Readonly<Record<string, string>> = { 'us-east-1': 'US East (N. Virginia)' };

/** What follows from a change of an alarm's state: history, event, actions. */
export class AlarmActions {
  readonly watchers = new Set<(alarm: string, state: AlarmState) => void>();
  private readonly history: Collection<HistoryItem>;

  constructor(private readonly account: AccountParts) {
    this.history = account.store.collection('cloudwatch.history');
  }

  changed(alarm: Alarm, previous: StateRecord): void {
    const { state } = alarm;
    this.record(alarm, 'StateUpdate', `Alarm updated from ${previous.value} to ${state.value}`, {
      version: '1.0',
      oldState: historyState(previous),
      newState: historyState(state),
    });
    this.account.trace.emit('alarm.changed', {
      alarm: alarm.name,
      from: previous.value,
      to: state.value,
      reason: state.reason,
      ...(state.actionsSuppressedBy === undefined ? {} : { suppressedBy: state.actionsSuppressedBy }),
    });
    this.account.findPeer('events')?.publish({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: [alarm.arn],
      detail: alarmEventDetail(alarm, previous),
    });
    for (const watcher of this.watchers) watcher(alarm.name, state.value);
    const released = previous.actionsSuppressedBy !== undefined && state.actionsSuppressedBy === undefined;
    if (alarm.actionsEnabled && state.actionsSuppressedBy === undefined && (state.value !== previous.value || released))
      this.act(alarm, previous);
  }

  configured(alarm: Alarm, operation: 'create' | 'update' | 'delete'): void {
    this.record(alarm, 'ConfigurationUpdate', `Alarm "${alarm.name}" ${operation}d`, {
      version: '1.0',
      type: operation === 'create' ? 'Create' : operation === 'update' ? 'Update' : 'Delete',
    });
    this.account.findPeer('events')?.publish({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm Configuration Change',
      resources: [alarm.arn],
      detail: {
        alarmName: alarm.name,
        operation,
        state: stateDetail(alarm.state),
        configuration: { alarmName: alarm.name, actionsEnabled: alarm.actionsEnabled, ...alarmConfiguration(alarm) },
      },
    });
  }

  items(): readonly HistoryItem[] {
    return this.history.values();
  }

  private act(alarm: Alarm, previous: StateRecord): void {
    const actions = {
      ALARM: alarm.alarmActions,
      OK: alarm.okActions,
      INSUFFICIENT_DATA: alarm.insufficientDataActions,
    }[alarm.state.value];
    for (const action of actions) {
      let error: string | undefined;
      try {
        this.perform(action, alarm, previous);
      } catch (cause) {
        error = messageOf(cause);
      }
      this.account.trace.emit('alarm.action', { alarm: alarm.name, action, ...(error === undefined ? {} : { error }) });
      const outcome = error === undefined ? 'Successfully executed' : 'Failed to execute';
      this.record(alarm, 'Action', `${outcome} action ${action}`, {
        actionState: error === undefined ? 'Succeeded' : 'Failed',
        stateUpdateTimestamp: alarm.state.updatedAt,
        notificationResource: action,
        error: error ?? null,
      });
    }
  }

  private perform(action: string, alarm: Alarm, previous: StateRecord): void {
    if (action.startsWith(`arn:${partition}:sns:`)) {
      const { subject, message } = alarmMessage(
        alarm,
        previous.value,
        this.account.accountId,
        regionNames[this.account.region] ?? this.account.region,
      );
      this.account
        .peer('topics')
        .publishFor({ service: 'cloudwatch.amazonaws.com', arn: alarm.arn }, { topicArn: action, subject, message });
    } else if (action.startsWith(`arn:${partition}:lambda:`)) {
      const payload = {
        source: 'aws.cloudwatch',
        alarmArn: alarm.arn,
        accountId: this.account.accountId,
        time: new Date(alarm.state.updatedAt).toISOString().replace('Z', '+0000'),
        region: this.account.region,
        alarmData: {
          alarmName: alarm.name,
          state: stateDetail(alarm.state),
          previousState: stateDetail(previous),
          configuration: alarmConfiguration(alarm),
        },
      };
      this.account
        .peer('functions')
        .invokeFor(
          { service: 'lambda.alarms.cloudwatch.amazonaws.com', arn: alarm.arn },
          action,
          JSON.stringify(payload),
        );
    } else this.account.peer('scaling').alarmFired(action, alarm.name);
  }

  private record(alarm: Alarm, type: HistoryItem['type'], summary: string, data: object): void {
    const entries = this.history.entries();
    for (const [id] of entries.slice(0, Math.max(entries.length - historyLimit + 1, 0))) this.history.delete(id);
    const last = Number(entries.at(-1)?.[0] ?? 0);
    this.history.put(String(last + 1), {
      alarm: alarm.name,
      alarmType: alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm',
      time: this.account.clock.now().getTime(),
      type,
      summary,
      data: JSON.stringify(data),
    });
  }
}

function historyState(state: StateRecord): object {
  return {
    stateValue: state.value,
    stateReason: state.reason,
    ...(state.reasonData === undefined ? {} : { stateReasonData: JSON.parse(state.reasonData) as unknown }),
  };
}
