/**
 * Instant at which clocks in a time zone show a wall time (given as if it were UTC). Undefined when they never do: the hour
 * that daylight saving skips. Of an hour that happens twice, the first.
 *
 * @throws Error when the zone is unknown
 */
export function instantOf(wall: Date, timeZone: string): Date | undefined {
  if (timeZone === 'UTC') return wall;
  for (const guess of [
    offsetAt(new Date(wall.getTime() - 86_400_000), timeZone),
    offsetAt(new Date(wall.getTime() + 86_400_000), timeZone),
  ]) {
    const instant = new Date(wall.getTime() - guess);
    if (offsetAt(instant, timeZone) === guess) return instant;
  }
  return undefined;
}

/** Wall time in a zone, given as if it were UTC. */
export function wallTime(instant: Date, timeZone: string): Date {
  return timeZone === 'UTC' ? instant : new Date(instant.getTime() + offsetAt(instant, timeZone));
}

/** Milliseconds that a zone is ahead of UTC at an instant. */
function offsetAt(instant: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(instant);
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall - Math.floor(instant.getTime() / 1000) * 1000;
}

/** @throws Error when the runtime's zone data does not hold the name. */
export function requireTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
  } catch {
    throw new Error(`'${timeZone}' is not a time zone; use an IANA name such as Europe/Berlin`);
  }
}
