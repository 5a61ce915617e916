import type { Message } from './message';
import { cut, shortened } from './pieces';

/** Teams takes about 28 KB; that much of it is left to the text. Lines and the title are bounded so that one cannot fill it. */
export const teamsLimits = { bytes: 28 * 1024, text: 24 * 1024, line: 2_000, title: 200 } as const;

interface TextRun {
  readonly type: 'TextRun';
  readonly text: string;
  readonly size?: 'Large' | 'Small';
  readonly weight?: 'Bolder';
  readonly isSubtle?: true;
}

/** Text without Markdown: a text block would take the underscores of FLAG_OWN_CAR for emphasis. */
export interface TeamsBlock {
  readonly type: 'RichTextBlock';
  readonly spacing: 'None' | 'Medium';
  readonly inlines: readonly [TextRun];
}

export interface TeamsMessage {
  readonly type: 'message';
  readonly attachments: readonly [
    {
      readonly contentType: 'application/vnd.microsoft.card.adaptive';
      readonly contentUrl: null;
      readonly content: {
        readonly $schema: string;
        readonly type: 'AdaptiveCard';
        readonly version: '1.4';
        readonly msteams: { readonly width: 'Full' };
        readonly body: readonly TeamsBlock[];
      };
    },
  ];
}

const more = 'There is more, but a message of Teams holds no more; e-mails have all of it.';

/** News as an adaptive card, in the envelope that workflows of Teams take: subject, text, and whose news of what kind. */
export function teamsMessage({ subject, text, useCase, kind }: Message): TeamsMessage {
  const body = [
    block('None', { text: shortened(subject, teamsLimits.title), size: 'Large', weight: 'Bolder' }),
    ...lines(text),
    block('Medium', { text: `${useCase}, ${kind}`, size: 'Small', isSubtle: true }),
  ];
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body,
  } as const;
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

/** A block per line, as far as they fit; blank lines become distance. */
function lines(text: string): TeamsBlock[] {
  const blocks: TeamsBlock[] = [];
  let bytes = 0;
  let spacing: TeamsBlock['spacing'] = 'Medium';
  for (const line of text.split('\n').flatMap((each) => cut(each, teamsLimits.line))) {
    if (line.trim() === '') {
      spacing = 'Medium';
      continue;
    }
    const next = block(spacing, { text: line });
    bytes += Buffer.byteLength(JSON.stringify(next)) + 1;
    if (bytes > teamsLimits.text) return [...blocks, block('Medium', { text: more })];
    blocks.push(next);
    spacing = 'None';
  }
  return blocks;
}

const block = (spacing: TeamsBlock['spacing'], run: Omit<TextRun, 'type'>): TeamsBlock => ({
  type: 'RichTextBlock',
  spacing,
  inlines: [{ type: 'TextRun', ...run }],
});
