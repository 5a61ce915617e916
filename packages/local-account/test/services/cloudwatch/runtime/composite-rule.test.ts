import type { AlarmState } from '../../../../src/services/cloudwatch/runtime/alarm-evaluation';
import {
  evaluateRule,
  parseAlarmRule,
  referencedAlarms,
} from '../../../../src/services/cloudwatch/runtime/composite-rule';

const states: Readonly<Record<string, AlarmState>> = {
  fires: 'ALARM',
  quiet: 'OK',
  unknown: 'INSUFFICIENT_DATA',
  'with space': 'ALARM',
  'arn:aws:cloudwatch:us-east-1:000000000000:alarm:a(b)': 'ALARM',
};

describe('an alarm rule', () => {
  test.each([
    ['ALARM(fires)', true],
    ['ALARM(quiet)', false],
    ['OK(quiet)', true],
    ['INSUFFICIENT_DATA(unknown)', true],
    ['ALARM(absent)', false],
    ['NOT ALARM(absent)', true],
    ['ALARM("with space")', true],
    ['ALARM("arn:aws:cloudwatch:us-east-1:000000000000:alarm:a(b)")', true],
    ['ALARM(fires) AND ALARM(quiet)', false],
    ['ALARM(fires) OR ALARM(quiet)', true],
    ['NOT ALARM(quiet) AND ALARM(fires)', true],
    ['ALARM(fires) OR ALARM(fires) AND ALARM(quiet)', true],
    ['(ALARM(fires) OR ALARM(fires)) AND ALARM(quiet)', false],
    ['NOT (ALARM(fires) OR OK(quiet))', false],
    ['TRUE', true],
    ['FALSE OR ALARM( fires )', true],
    ['alarm(fires) and not FALSE', true],
    ['  ALARM(fires)\n  OR\n  ALARM(quiet)  ', true],
  ])('%s is %s', (rule, expected) => {
    expect(evaluateRule(parseAlarmRule(rule), (name) => states[name])).toBe(expected);
  });

  test('knows the alarms it refers to, each once', () => {
    expect(referencedAlarms(parseAlarmRule('ALARM(a) AND (OK(b) OR NOT ALARM(a))'))).toEqual(['a', 'b']);
  });

  test.each([
    ['', /found the end, expected ALARM/],
    ['ALARM(a', /found the end, expected \)/],
    ['ALARM()', /expected the name or ARN of an alarm/],
    ['a AND b', /found 'a' at 0/],
    ['ALARM(a) ALARM(b)', /found 'ALARM' at 8, expected AND, OR or the end/],
    ['ALARM("a)', /unterminated quote/],
  ])('refused: %s', (rule, message) => {
    expect(() => parseAlarmRule(rule)).toThrow(message);
  });
});
