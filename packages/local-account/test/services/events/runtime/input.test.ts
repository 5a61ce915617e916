import { inputProblems, targetInput } from '../../../../src/services/events/runtime/input';

const event = {
  version: '0',
  id: 'e1',
  source: 'aws.x',
  resources: ['r0', 'r1'],
  detail: { name: 'a "quoted" one', count: 3, list: [1, 2], nested: { ok: true } },
};
const rule = { ruleArn: 'arn:rule', ruleName: 'rule', ingestionTime: '2026-11-20T00:00:00.000Z' };

describe('what a target receives', () => {
  test('is the event by default', () => expect(JSON.parse(targetInput({}, event, rule))).toEqual(event));
  test('is a constant', () => expect(targetInput({ Input: '{"a":1}' }, event, rule)).toBe('{"a":1}'));
  test('is a part of the event', () =>
    expect(targetInput({ InputPath: '$.detail.nested' }, event, rule)).toBe('{"ok":true}'));
  test('is a filled JSON template', () => {
    const transformer = {
      InputPathsMap: { name: '$.detail.name', count: '$.detail.count', all: '$.detail.list', second: '$.resources[1]' },
      InputTemplate:
        '{"name": <name>, "text": "<name> x<count>", "all": <all>, "second": <second>, "rule": <aws.events.rule-name>}',
    };
    expect(JSON.parse(targetInput({ InputTransformer: transformer }, event, rule))).toEqual({
      name: 'a "quoted" one',
      text: 'a "quoted" one x3',
      all: [1, 2],
      second: 'r1',
      rule: 'rule',
    });
  });
  test('is a text template', () => {
    expect(
      targetInput(
        { InputTransformer: { InputPathsMap: { n: '$.detail.count' }, InputTemplate: '"there are <n> of <m>"' } },
        event,
        rule,
      ),
    ).toBe('"there are 3 of <m>"');
  });
  test('holds the whole event where the template asks for it', () => {
    expect(
      JSON.parse(
        targetInput({ InputTransformer: { InputTemplate: '{"event": <aws.events.event.json>}' } }, event, rule),
      ),
    ).toEqual({ event });
  });
  test('has an empty text for a path that leads nowhere', () => {
    expect(
      targetInput(
        { InputTransformer: { InputPathsMap: { x: '$.detail.absent' }, InputTemplate: '{"x": <x>}' } },
        event,
        rule,
      ),
    ).toBe('{"x": ""}');
  });
});

describe('input settings that are wrong', () => {
  test('are all listed', () => {
    expect(inputProblems({ Input: 'no json', InputPath: 'detail' })).toEqual([
      'Only one of Input, InputPath, or InputTransformer must be provided',
      "Invalid InputPath: 'detail' is not a JSONPath",
      'Invalid Input: it is not JSON text',
    ]);
  });
  test('name the variable that nothing defines', () => {
    expect(inputProblems({ InputTransformer: { InputTemplate: '{"x": <y>}' } })).toEqual([
      'InputTemplate uses <y>, which InputPathsMap does not define',
    ]);
  });
});
