import { stamp, type Alarm, type CompositeAlarm } from './alarm-record';

/** Why a composite alarm changed, in CloudWatch's words. @param triggering alarms whose change was the cause, first the decisive one */
export function compositeReason(
  { rule }: CompositeAlarm,
  holds: boolean,
  triggering: readonly Alarm[],
): { readonly reason: string; readonly reasonData: string } {
  const [first] = triggering;
  const reason =
    first === undefined
      ? `The rule ${rule} evaluates to ${holds ? 'TRUE' : 'FALSE'}`
      : `${first.arn} transitioned to ${first.state.value} at ${longTime(first.state.updatedAt)}`;
  const reasonData = JSON.stringify({
    triggeringAlarms: triggering.map((each) => ({
      arn: each.arn,
      state: { value: each.state.value, timestamp: stamp(each.state.updatedAt) },
    })),
  });
  return { reason, reasonData };
}

/** Alarm names may hold colons and slashes, so only an ARN is cut. */
export const nameOf = (alarm: string): string =>
  alarm.startsWith('arn:') ? alarm.split(':').slice(6).join(':') : alarm;

function longTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const part = (options: Intl.DateTimeFormatOptions): string =>
    date.toLocaleString('en-US', { timeZone: 'UTC', ...options });
  return `${part({ weekday: 'long' })} ${part({ day: '2-digit' })} ${part({ month: 'long' })}, ${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} UTC`;
}
