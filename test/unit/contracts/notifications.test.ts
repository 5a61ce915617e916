import { notifications } from '../../../contracts/use-case/notifications';

const messages = (webhook: string): string[] => {
  const parsed = notifications.safeParse({ webhooks: [webhook] });
  return parsed.success ? [] : parsed.error.issues.map((each) => `${each.path.join('.')}: ${each.message}`);
};

describe('a webhook', () => {
  test('of an own service may be subscribed', () => {
    expect(messages('https://alerts.example.com/mooring?team=a')).toEqual([]);
    expect(messages('http://127.0.0.1:9000/')).toEqual([]);
  });

  test.each([
    'https://hooks.slack.com/services/T0/B0/x',
    'https://example.webhook.office.com/webhookb2/x',
    'https://prod-1.westeurope.logic.azure.com:443/workflows/x',
    'https://discord.com/api/webhooks/1/x',
    'https://chat.googleapis.com/v1/spaces/x/messages',
  ])('of a chat is refused with what to do instead: %s', (url) => {
    expect(messages(url)).toEqual([
      'webhooks.0: a chat would never confirm the subscription, nor understand what SNS posts; give the e-mail address of the channel in notifications.emails instead',
    ]);
  });

  test('that merely looks like a chat is not one', () => {
    expect(messages('https://hooks.slack.com.example.com/x')).toEqual([]);
    expect(messages('https://example.com/hooks.slack.com')).toEqual([]);
  });

  test('that is no URL is refused once', () => {
    expect(messages('slack')).toHaveLength(1);
  });
});
