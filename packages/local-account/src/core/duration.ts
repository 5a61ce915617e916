import { AccountError } from './account-error';

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/**
 * Seconds in a short duration such as `90s`, `15m`, `1h`, `2d`.
 *
 * @throws AccountError when the text has another form.
 */
export function durationSeconds(text: string): number {
  const [, amount, unit] = /^([1-9][0-9]*)([smhd])$/.exec(text) ?? [];
  const seconds = unitSeconds[unit ?? ''];
  if (amount === undefined || seconds === undefined)
    throw new AccountError(`'${text}' is not a duration; write a number and a unit: 90s, 15m, 1h, 2d`);
  return Number(amount) * seconds;
}
