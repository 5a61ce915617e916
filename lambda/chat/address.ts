import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { type Chat, chatHosts } from '@mooring/use-case/chat';
import { ChatFailure } from './failure';

/** How long an address is kept, in milliseconds; a changed one is known everywhere after that. */
export const freshFor = 5 * 60_000;

/** In place of an address: this account does not tell the channel, e.g. one that is for trying things out. */
export const noAddress = 'none';

/** Addresses of webhooks, from SSM. They stay in memory, and never get into a message of an error. */
export class Addresses {
  private readonly known = new Map<string, { readonly value: string; readonly until: number }>();

  /** @param now milliseconds */
  constructor(
    private readonly ssm: Pick<SSMClient, 'send'>,
    private readonly now: () => number,
  ) {}

  /** @throws ChatFailure when the parameter cannot be read. */
  async of(parameter: string): Promise<string> {
    const found = this.known.get(parameter);
    if (found !== undefined && this.now() < found.until) return found.value;
    const value = await this.read(parameter);
    this.known.set(parameter, { value, until: this.now() + freshFor });
    return value;
  }

  /** After a refusal: perhaps the webhook was made anew, and the parameter holds its new address. */
  forget(parameter: string): void {
    this.known.delete(parameter);
  }

  private async read(parameter: string): Promise<string> {
    try {
      const { Parameter } = await this.ssm.send(new GetParameterCommand({ Name: parameter, WithDecryption: true }));
      return Parameter?.Value ?? '';
    } catch (error) {
      const name = error instanceof Error ? error.name : 'an error';
      const why = name === 'ParameterNotFound' ? 'does not exist' : `cannot be read (${name})`;
      throw new ChatFailure(`the parameter ${why}; see docs/operating.md#chats`);
    }
  }
}

/**
 * The address as a URL, when it is one of the chat's own: whoever may write the parameter shall not make the function call
 * anything else, inside of the account least of all.
 *
 * @param origins that are allowed beside the chats' own, for tests
 * @throws ChatFailure that does not show the address.
 */
export function checkedAddress(type: Chat['type'], address: string, origins: readonly string[]): URL {
  const text = address.trim();
  if (!URL.canParse(text)) throw new ChatFailure('the parameter holds no URL');
  const url = new URL(text);
  if (origins.includes(url.origin)) return url;
  if (url.protocol !== 'https:') throw new ChatFailure('the address in the parameter is not https');
  if (url.username !== '' || url.password !== '' || url.port !== '' || !chatHosts[type].test(url.hostname))
    throw new ChatFailure(`the address in the parameter is not one of ${type}'s webhooks`);
  return url;
}
