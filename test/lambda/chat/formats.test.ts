import type { Message } from '../../../lambda/chat/message';
import { messageOf, snsEvent } from '../../../lambda/chat/message';
import { type SlackBlock, slackLimits, slackMessage } from '../../../lambda/chat/slack';
import { type TeamsBlock, teamsLimits, teamsMessage } from '../../../lambda/chat/teams';

const drift: Message = {
  id: 'm1',
  subject: '[loans] drift in FLAG_OWN_CAR',
  text: 'The requests differ.\n\n- FLAG_OWN_CAR: drift is 0.31, allowed at most 0.1\nLive version: 2',
  useCase: 'loans',
  kind: 'drift',
};
const of = (text: string, subject = drift.subject): Message => ({ ...drift, text, subject });
const textOf = (block: SlackBlock): string => ('text' in block ? block.text.text : (block.elements[0]?.text ?? ''));
const sections = (message: Message): string[] =>
  slackMessage(message)
    .blocks.filter(({ type }) => type === 'section')
    .map(textOf);

describe('a message for Slack', () => {
  test('has the subject as header, the text as it is, and whose news they are', () => {
    expect(slackMessage(drift)).toEqual({
      text: '[loans] drift in FLAG_OWN_CAR',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: '[loans] drift in FLAG_OWN_CAR' } },
        { type: 'section', text: { type: 'mrkdwn', text: drift.text, verbatim: true } },
        { type: 'context', elements: [{ type: 'mrkdwn', text: 'loans, drift', verbatim: true }] },
      ],
    });
  });

  test('calls nobody and links nowhere by the content of the news', () => {
    const hostile = of('<!channel> & <https://example.com|click> a>b', 'a < b & c');
    expect(sections(hostile)).toEqual(['&lt;!channel&gt; &amp; &lt;https://example.com|click&gt; a&gt;b']);
    expect(slackMessage(hostile).text).toBe('a &lt; b &amp; c');
    expect(
      slackMessage({ ...drift, kind: '<!here>' })
        .blocks.map(textOf)
        .at(-1),
    ).toBe('loans, &lt;!here&gt;');
  });

  test('has a header of at most 150 characters', () => {
    const [header = ''] = slackMessage(of('x', 's'.repeat(151))).blocks.map(textOf);
    expect([header.length, header.slice(-4)]).toEqual([150, 's...']);
    expect(slackMessage(of('x', 's'.repeat(150))).blocks.map(textOf)[0]).toBe('s'.repeat(150));
  });

  test('has sections of at most 3,000 characters, cut between lines, and nothing is lost', () => {
    const lines = Array.from({ length: 200 }, (_, index) => `${index} ${'x'.repeat(60)}`);
    const found = sections(of(lines.join('\n')));
    expect(found.length).toBeGreaterThan(3);
    expect(Math.max(...found.map((each) => each.length))).toBeLessThanOrEqual(slackLimits.section);
    expect(found.join('\n').split('\n')).toEqual(lines);
  });

  test('cuts a line that is too long, but never an escaped or a double character', () => {
    const found = sections(of(`${'<'.repeat(2_000)}${'😀'.repeat(2_000)}`));
    expect(Math.max(...found.map((each) => each.length))).toBeLessThanOrEqual(3_000);
    for (const each of found) expect(each).toMatch(/^(&lt;)*(😀)*$/u);
    expect(found.join('')).toBe(`${'&lt;'.repeat(2_000)}${'😀'.repeat(2_000)}`);
  });

  test('has at most 50 blocks, and says that there is more', () => {
    const exactly = (count: number): SlackBlock[] => [
      ...slackMessage(of(Array.from({ length: count }, () => 'x'.repeat(3_000)).join('\n'))).blocks,
    ];
    expect(exactly(48).map(textOf).slice(-2)[0]).toBe('x'.repeat(3_000));
    expect(exactly(48)).toHaveLength(50);
    expect(exactly(49)).toHaveLength(50);
    expect(exactly(49).map(textOf).slice(-2)[0]).toMatch(/^There is more/);
  });

  test('has no empty section, which Slack refuses', () => {
    expect(sections(of('\n\n \n'))).toEqual([]);
  });
});

describe('a message for Teams', () => {
  const body = (message: Message): readonly TeamsBlock[] => teamsMessage(message).attachments[0].content.body;
  const texts = (message: Message): string[] => body(message).map(({ inlines: [run] }) => run.text);

  test('is an adaptive card in the envelope of workflows', () => {
    const { type, attachments } = teamsMessage(drift);
    expect([type, attachments.length]).toEqual(['message', 1]);
    expect(attachments[0]).toMatchObject({
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: { type: 'AdaptiveCard', version: '1.4', $schema: 'http://adaptivecards.io/schemas/adaptive-card.json' },
    });
  });

  test('has subject, lines and whose news they are, as text that is no Markdown; blank lines are distance', () => {
    expect(body(drift).map(({ type, spacing, inlines: [run] }) => [type, spacing, run.text])).toEqual([
      ['RichTextBlock', 'None', '[loans] drift in FLAG_OWN_CAR'],
      ['RichTextBlock', 'Medium', 'The requests differ.'],
      ['RichTextBlock', 'Medium', '- FLAG_OWN_CAR: drift is 0.31, allowed at most 0.1'],
      ['RichTextBlock', 'None', 'Live version: 2'],
      ['RichTextBlock', 'Medium', 'loans, drift'],
    ]);
  });

  test.each([
    ['many lines', Array.from({ length: 5_000 }, (_, index) => `line ${index}`).join('\n')],
    ['one long line', 'ü'.repeat(200_000)],
    ['much that JSON escapes', '"\\'.repeat(50_000)],
  ])('stays below 28 KB, and says that there is more: %s', (_, text) => {
    const message = of(text, 's'.repeat(1_000));
    expect(Buffer.byteLength(JSON.stringify(teamsMessage(message)))).toBeLessThan(teamsLimits.bytes);
    expect(texts(message).at(-2)).toMatch(/^There is more/);
    expect(texts(message).length).toBeGreaterThan(3);
  });
});

describe('what SNS hands over', () => {
  const received = (more: object): Message[] =>
    snsEvent
      .parse({ Records: [{ EventSource: 'aws:sns', Sns: { MessageId: 'm', Message: 'text', ...more } }] })
      .Records.map(({ Sns }) => messageOf(Sns, 'loans'));

  test('is formatted with its attributes', () => {
    const MessageAttributes = {
      use_case: { Type: 'String', Value: 'loans' },
      kind: { Type: 'String', Value: 'drift' },
    };
    expect(received({ Subject: 'drift', MessageAttributes })).toEqual([
      { id: 'm', subject: 'drift', text: 'text', useCase: 'loans', kind: 'drift' },
    ]);
  });

  test('is formatted without subject and attributes, too', () => {
    expect(received({ Subject: null })).toEqual([
      { id: 'm', subject: 'News of loans', text: 'text', useCase: 'loans', kind: 'news' },
    ]);
  });
});
