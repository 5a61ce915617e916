import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { localAccountDoc } from '../../../tools/generate/local-account-doc';

describe('docs/local-account.md', () => {
  test('says what the declarations say', async () => {
    const written = readFileSync(resolve(__dirname, '../../../docs/local-account.md'), 'utf8');
    const declared = await localAccountDoc();
    if (written !== declared)
      throw new Error(
        'docs/local-account.md is out of date; run: node --require ./bin/typescript.cjs tools/generate/local-account-doc.ts',
      );
    expect(declared).toContain('### AWS::S3::Bucket');
  });
});
