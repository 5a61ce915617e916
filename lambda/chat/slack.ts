import type { Message } from './message';
import { paragraphs, shortened } from './pieces';

/** Limits of Slack's blocks, in characters: https://docs.slack.dev/reference/block-kit/blocks */
export const slackLimits = { header: 150, section: 3_000, blocks: 50 } as const;

interface SlackText {
  readonly type: 'plain_text' | 'mrkdwn';
  readonly text: string;
  /** Names of people and channels stay words: nobody is called by a message that merely holds "@channel". */
  readonly verbatim?: true;
}

export type SlackBlock =
  | { readonly type: 'header' | 'section'; readonly text: SlackText }
  | { readonly type: 'context'; readonly elements: readonly SlackText[] };

export interface SlackMessage {
  /** What notifications and screen readers show instead of the blocks. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

const more = 'There is more, but a message of Slack holds no more; e-mails have all of it.';

/** News in Slack's blocks: subject, text, and whose news of what kind they are. */
export function slackMessage({ subject, text, useCase, kind }: Message): SlackMessage {
  const all = paragraphs(text, slackLimits.section, escaped);
  const room = slackLimits.blocks - 2;
  const shown = all.length <= room ? all : [...all.slice(0, room - 1), more];
  return {
    text: [...subject].map(escaped).join(''),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: shortened(subject, slackLimits.header) } },
      ...shown.map((each): SlackBlock => ({ type: 'section', text: marked(each) })),
      { type: 'context', elements: [marked([...`${useCase}, ${kind}`].map(escaped).join(''))] },
    ],
  };
}

const marked = (text: string): SlackText => ({ type: 'mrkdwn', text, verbatim: true });

/** These three begin what Slack reads as more than text: links, mentions, entities. */
function escaped(character: string): string {
  return { '&': '&amp;', '<': '&lt;', '>': '&gt;' }[character] ?? character;
}
