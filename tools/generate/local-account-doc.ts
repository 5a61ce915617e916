import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Account } from '@mooring/local-account';
import { s3OperationNames, supportTable } from '@mooring/local-account/support';

/** The text of docs/local-account.md, from an account that is started for it. */
export async function localAccountDoc(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-doc-'));
  const account = new Account({ folder });
  try {
    await account.start();
    const { registry, modules } = account.support;
    return supportTable(
      registry.all(),
      modules.flatMap((module) => module.services),
      s3OperationNames(),
    );
  } finally {
    await account.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (require.main === module) {
  void localAccountDoc().then((text) => writeFileSync(resolve(__dirname, '../../docs/local-account.md'), text));
}
