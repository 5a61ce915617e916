/** Chat tools whose own format the chat function writes. */
export const chatTypes = ['slack', 'teams'] as const;
export type ChatType = (typeof chatTypes)[number];

/** Where people put the addresses of chats' webhooks: SSM parameters below it, made by hand, because they are secrets. */
export const chatParameters = '/mooring/chats';

/** A channel that receives the notifications of a use case. */
export interface Chat {
  readonly type: ChatType;
  /** SSM parameter (SecureString) that holds the address of the channel's webhook: whoever knows it can write there. */
  readonly parameter: string;
}

/** What the chat function needs of a use case. */
export interface ChatSettings {
  readonly chats: readonly Chat[];
}

/**
 * Hosts of the webhooks: incoming webhooks of Slack, and workflows of Teams ("Post to a channel when a webhook request is
 * received", in Power Automate). The connectors of Office 365 that Teams had before (webhook.office.com) are retired.
 */
export const chatHosts: Readonly<Record<ChatType, RegExp>> = {
  slack: /^hooks\.slack(-gov)?\.com$/,
  teams: /^[a-z0-9.-]+\.(logic\.azure\.com|api\.powerplatform\.com)$/,
};
