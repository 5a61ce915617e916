const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/**
 * Seconds in a short duration such as `90s`, `15m`, `1h`, `2d`.
 *
 * @throws Error when the text has another form.
 */
export function durationSeconds(text: string): number {
  const match = /^([1-9][0-9]*)([smhd])$/.exec(text);
  const [, amount, unit] = match ?? [];
  const seconds = unitSeconds[unit ?? ''];
  if (amount === undefined || seconds === undefined)
    throw new Error(`'${text}' is not a duration; write a number and a unit: 90s, 15m, 1h, 2d`);
  return Number(amount) * seconds;
}

/** Seconds of a duration in a document that may be invalid; undefined when it is no duration. */
export function lookedSeconds(value: unknown, fallback: string): number | undefined {
  const text = value ?? fallback;
  return typeof text === 'string' && /^[1-9][0-9]*[mhd]$/.test(text) ? durationSeconds(text) : undefined;
}
