import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { patchWarnings, prebuiltImages } from '../../../contracts/prebuilt-images';
import { registryAccounts } from '../../../lib/training/image-registry';
import { root } from '../../support/app';

const recorded = join(root, '../shared/parity/image-uris');
const present = existsSync(recorded);
if (!present) console.warn(`skipped: ${recorded} is not on this machine`);

describe('the registry table', () => {
  // The SDK's tables lag behind the images; registries and repositories are those of the versions before.
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
  });

  test('has twelve digits for every account', () => {
    expect(Object.values(registryAccounts).filter((account) => !/^\d{12}$/.test(account))).toEqual([]);
    expect(Object.keys(registryAccounts).length).toBeGreaterThan(30);
  });
});

describe('the end of patch', () => {
  test('of no image is over or less than 90 days away today', () => {
    expect(patchWarnings(new Date())).toEqual([]);
  });

  test.each([
    ['2027-02-11T23:00:00Z', []],
    ['2027-02-12T01:00:00Z', ['patching of sagemaker-xgboost:3.2-0 ends on 2027-05-13, in 90 days']],
    [
      '2027-07-16T08:00:00Z',
      [
        'patching of sagemaker-scikit-learn:1.9-0-cpu-py3 ends on 2027-07-16, in 0 days',
        'patching of sagemaker-xgboost:3.2-0 ended on 2027-05-13',
      ],
    ],
  ])('is a warning 90 days before: at %s', (now, warnings) => {
    expect(patchWarnings(new Date(now))).toEqual(warnings);
  });

  test('of the image that was used before this one is a warning', () => {
    const before = { ...prebuiltImages['scikit-learn'], tag: '1.4-2-py312-cpu-py3', endOfPatch: '2026-10-30' };
    expect(patchWarnings(new Date('2026-12-01'), { before })).toEqual([
      'patching of sagemaker-scikit-learn:1.4-2-py312-cpu-py3 ended on 2026-10-30',
    ]);
  });
});

describe('the package list', () => {
  const listed = (image: keyof typeof prebuiltImages): readonly string[] =>
    readFileSync(join(root, prebuiltImages[image].packages), 'utf8').split('\n');

  test.each(Object.keys(prebuiltImages) as (keyof typeof prebuiltImages)[])('of %s says which image it is', (image) => {
    expect(listed(image)[0]).toContain(`${prebuiltImages[image].repository}:${prebuiltImages[image].tag} `);
  });

  const recordedLists = join(root, '../shared/parity/containers');
  (existsSync(recordedLists) ? test : test.skip).each([
    ['scikit-learn', 'scikit-learn-1.9-0'],
    ['xgboost', 'xgboost-3.2-0'],
  ] as const)('of %s has every package that AWS locks', (image, file) => {
    const packages = listed(image)
      .map((line) => line.replace(/^#- /, '').replace(/ +#.*$/, ''))
      .filter((line) => /^[^#\s]+==/.test(line) && !line.startsWith('xgboost-cpu=='));
    const locked = readFileSync(join(recordedLists, `${file}.txt`), 'utf8')
      .trim()
      .split('\n');
    expect(packages).toEqual(locked);
  });
});
