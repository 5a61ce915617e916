import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccountParts } from '../../../core/module';
import type { Collection } from '../../../core/store';
import type { InboxMessage } from '../../shared/peers';
import { storageFailure } from '../../../core/storage-failure';

/**
 * Where messages to e-mail addresses and telephones land on the laptop: documents of the store, and below `<folder>/inbox` one
 * .json and one .txt file each, numbered in order of arrival.
 */
export class Inbox {
  private readonly stored: Collection<InboxMessage>;
  private readonly folder: string;

  constructor(account: Pick<AccountParts, 'store' | 'folder'>) {
    this.stored = account.store.collection('sns.inbox');
    this.folder = join(account.folder, 'inbox');
  }

  /** Oldest first. */
  messages(): readonly InboxMessage[] {
    return this.stored.values();
  }

  add(message: InboxMessage): void {
    const number = String(this.stored.values().length + 1).padStart(6, '0');
    const title = message.subject
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 60);
    const files = {
      [`${number}-${title}.json`]: `${JSON.stringify(message, null, 2)}\n`,
      [`${number}-${title}.txt`]: `Time: ${message.time}\nTo: ${message.to}\nSubject: ${message.subject}\n\n${message.body}\n`,
    };
    try {
      mkdirSync(this.folder, { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
      this.stored.put(number, message);
    } catch (error) {
      for (const name of Object.keys(files)) rmSync(join(this.folder, name), { force: true });
      throw storageFailure(error, this.folder) ?? error;
    }
  }
}
