import { notifications } from '../../src/sections/notifications';

const problems = (given: unknown): string[] => {
  const parsed = notifications.safeParse(given);
  return parsed.success ? [] : parsed.error.issues.map((each) => `${each.path.join('.')}: ${each.message}`);
};
const messages = (webhook: string): string[] => problems({ webhooks: [webhook] });

describe('a webhook', () => {
  test('of an own service may be subscribed', () => {
    expect(messages('https://alerts.example.com/mooring?team=a')).toEqual([]);
    expect(messages('http://127.0.0.1:9000/')).toEqual([]);
  });

  test.each([
    'https://hooks.slack.com/services/T0/B0/x',
    'https://prod-1.westeurope.logic.azure.com:443/workflows/x',
    'https://default1.2.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/x',
  ])('of Slack or Teams is refused with what to do instead: %s', (url) => {
    expect(messages(url)).toEqual([
      'webhooks.0: the webhook of a chat is a secret, and does not understand what SNS posts; put it into an SSM parameter, e.g. /mooring/chats/<channel>, and name that parameter in notifications.chats (docs/operating.md#chats)',
    ]);
  });

  test('of a retired connector is refused with what came after them', () => {
    expect(messages('https://example.webhook.office.com/webhookb2/x')).toEqual([
      expect.stringMatching(
        /^webhooks\.0: connectors of Office 365 are retired; make a workflow .* notifications\.chats/,
      ),
    ]);
  });

  test.each(['https://discord.com/api/webhooks/1/x', 'https://chat.googleapis.com/v1/spaces/x/messages'])(
    'of a chat that has no format here is refused with those that have: %s',
    (url) => {
      expect(messages(url)).toEqual([
        expect.stringMatching(/^webhooks\.0: this chat .* are slack and teams .*emails$/),
      ]);
    },
  );

  test('that merely looks like a chat is not one', () => {
    expect(messages('https://hooks.slack.com.example.com/x')).toEqual([]);
    expect(messages('https://example.com/hooks.slack.com')).toEqual([]);
  });

  test('that is no URL is refused once', () => {
    expect(messages('slack')).toHaveLength(1);
  });
});

describe('a chat', () => {
  test('names its kind and the parameter that holds its webhook', () => {
    const chats = [
      { type: 'slack', parameter: '/mooring/chats/risk-team' },
      { type: 'teams', parameter: '/mooring/chats/model.owners_2' },
    ];
    expect(notifications.parse({ chats }).chats).toEqual(chats);
  });

  test('may be left out, and then nothing of it is in the use case that travels', () => {
    expect(notifications.parse({})).toEqual({ emails: [], webhooks: [] });
  });

  test('with the webhook itself in place of the parameter is refused, and the message does not show it', () => {
    const [problem = '', ...others] = problems({
      chats: [{ type: 'slack', parameter: 'https://hooks.slack.com/services/T1/B2/secret' }],
    });
    expect(others).toEqual([]);
    expect(problem).toMatch(/^chats\.0\.parameter: the address of a webhook is a secret; put it into an SSM parameter/);
    expect(problem).not.toMatch(/hooks\.slack|T1|secret$/);
  });

  test.each([
    '/mooring/topic-arn',
    '/prod/database/password',
    '/mooring/chats/',
    '/mooring/chats/a/b',
    '/mooring/chats/../x',
    'mooring/chats/a',
    `/mooring/chats/${'x'.repeat(101)}`,
  ])('cannot name a parameter elsewhere: %s', (parameter) => {
    expect(problems({ chats: [{ type: 'slack', parameter }] })).toEqual([
      'chats.0.parameter: the name of an SSM parameter below /mooring/chats/ is needed: /mooring/chats/<channel>, of letters, digits and _.-',
    ]);
  });

  test('of another kind, twice the same channel, or more than ten are refused', () => {
    const chat = (parameter: string, type = 'slack') => ({ type, parameter: `/mooring/chats/${parameter}` });
    expect(problems({ chats: [chat('a', 'irc')] })).toEqual([expect.stringContaining('"slack"|"teams"')]);
    expect(problems({ chats: [chat('a'), chat('a', 'teams')] })).toEqual([
      'chats: two chats have the same parameter; list each channel once',
    ]);
    expect(problems({ chats: Array.from({ length: 11 }, (_, index) => chat(String(index))) })).toHaveLength(1);
  });
});
