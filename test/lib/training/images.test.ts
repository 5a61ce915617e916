import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prebuiltImages, registryAccounts } from '../../../lib/training/image-registry';
import { root } from '../../support/app';

const recorded = join(root, '../shared/parity/image-uris');
const present = existsSync(recorded);
if (!present) console.warn(`skipped: ${recorded} is not on this machine`);

describe('the registry table', () => {
  (present ? test : test.skip).each([
    ['sklearn', '1.4-2-py312', 'scikit-learn'],
    ['xgboost', '3.2-0', 'xgboost'],
  ] as const)("agrees with the SageMaker SDK's table of %s", (file, version, image) => {
    const table = JSON.parse(readFileSync(join(recorded, `${file}.json`), 'utf8')) as {
      training: { versions: Record<string, { registries: Record<string, string>; repository: string }> };
    };
    const entry = table.training.versions[version];
    expect(registryAccounts).toEqual(entry?.registries);
    expect(prebuiltImages[image].repository).toBe(entry?.repository);
    expect(prebuiltImages[image].tag.startsWith(version)).toBe(true);
  });

  test('has twelve digits for every account', () => {
    expect(Object.values(registryAccounts).filter((account) => !/^\d{12}$/.test(account))).toEqual([]);
    expect(Object.keys(registryAccounts).length).toBeGreaterThan(30);
  });
});
