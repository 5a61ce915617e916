import type { AlarmState } from './alarm-evaluation';
import type { CompositeAlarm, StateRecord } from './alarm-record';

/**
 * What holds back the actions of a composite alarm that changes its state: its suppressor while that is in ALARM, or, when the
 * alarm goes off first, the wait period in which the suppressor may still do so.
 */
export function suppressionAfter(
  alarm: CompositeAlarm,
  value: AlarmState,
  suppressorFires: boolean,
  now: number,
): Pick<StateRecord, 'actionsSuppressedBy' | 'suppressedUntil'> {
  if (alarm.suppressor === undefined) return {};
  if (suppressorFires) return { actionsSuppressedBy: 'Alarm' };
  const { actionsSuppressedBy, suppressedUntil } = alarm.state;
  if (actionsSuppressedBy === 'ExtensionPeriod' && suppressedUntil !== undefined && suppressedUntil > now)
    return { actionsSuppressedBy, suppressedUntil };
  const wait = (alarm.waitPeriod ?? 0) * 1000;
  return value === 'ALARM' && wait > 0 ? { actionsSuppressedBy: 'WaitPeriod', suppressedUntil: now + wait } : {};
}
