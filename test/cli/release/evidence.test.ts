import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSourceVersion } from '../../../lib/config/source-version';
import { assumptions, monthOf, priceTable, sharedCosts, unknownInstances } from '../../../cli/account/cost';
import { approverOf } from '../../../cli/release/lineage';
import type { Release, TrainRecord } from '../../../cli/release/build/record';
import { compareTemplates } from '../../../cli/release/build/summary';
import { checkSame } from '../../../cli/release/build/train';
import { testUseCases } from '../../support/app';

describe('the version that a checkout is synthesized as', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-source-'));
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], {
      encoding: 'utf8',
    }).trim();
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is unknown outside a repository, the commit inside, and says when files differ', () => {
    expect(readSourceVersion(folder, {})).toEqual({ commit: 'unknown', tag: 'none' });
    git('init', '--quiet');
    writeFileSync(join(folder, 'a.txt'), 'a');
    git('add', '.');
    git('commit', '--quiet', '--message', 'first');
    const head = git('rev-parse', 'HEAD');
    expect(readSourceVersion(folder, {})).toEqual({ commit: head, tag: 'none' });
    writeFileSync(join(folder, 'a.txt'), 'b');
    expect(readSourceVersion(folder, {})).toEqual({ commit: `${head}-dirty`, tag: 'none' });
  });

  test('is what the tag step found, in a release', () => {
    const env = { RELEASE_COMMIT: 'c0ffee', RELEASE_TAG: 'release-rain-v1.0' };
    expect(readSourceVersion(folder, env)).toEqual({ commit: 'c0ffee', tag: 'release-rain-v1.0' });
  });
});

describe('a release that is repeated', () => {
  const release = { tag: 'release-rain-v1.0' } as Release;
  const record = (name: string, image: string): TrainRecord =>
    ({ package_arn: name, digests: { image, config: 'c', data: 'd' } }) as TrainRecord;

  test('is fine when its image, settings and data are the same', () => {
    expect(() => checkSame(release, undefined, record('models/1', 'a'))).not.toThrow();
    expect(() => checkSame(release, record('models/1', 'a'), record('models/2', 'a'))).not.toThrow();
  });

  test('is refused with what differs', () => {
    expect(() => checkSame(release, record('models/1', 'a'), record('models/2', 'b'))).toThrow(
      /release-rain-v1\.0 cannot be repeated: models\/2 .*image: a then, b now/s,
    );
  });
});

describe('who let a version in', () => {
  test('is who approved the release, else who changed the version, else nobody', () => {
    const by = { IamIdentity: { Arn: 'arn:aws:iam::000000000000:user/ann' } };
    expect(approverOf({ ModelApprovalStatus: 'PendingManualApproval' })).toBe('nobody: PendingManualApproval');
    expect(approverOf({ ModelApprovalStatus: 'Approved' })).toBe('nobody: the use case approves what passes its gates');
    expect(approverOf({ ModelApprovalStatus: 'Approved', LastModifiedBy: by })).toBe(by.IamIdentity.Arn);
    expect(
      approverOf({
        ModelApprovalStatus: 'Approved',
        LastModifiedBy: by,
        CustomerMetadataProperties: { approved_by: 'bob' },
      }),
    ).toBe('bob');
  });

  test('is never the deploy function, which changes every version that it deploys', () => {
    const deployed = { ModelApprovalStatus: 'Approved', LastModifiedBy: { UserProfileName: 'deploy' } } as const;
    expect(approverOf(deployed, { approvedBy: 'ann' })).toBe('ann');
    expect(approverOf(deployed, {})).toBe('not recorded');
  });
});

describe('what a release changes in production', () => {
  test('is listed by logical id, and metadata is no change', () => {
    const before = { Resources: { A: { Type: 'X' }, B: { Type: 'X' }, C: { Type: 'X', Metadata: { path: 'old' } } } };
    const after = { Resources: { B: { Type: 'Y' }, C: { Type: 'X', Metadata: { path: 'new' } }, D: { Type: 'X' } } };
    expect(compareTemplates(before, after)).toEqual({ added: ['D'], changed: ['B'], removed: ['A'] });
    expect(compareTemplates(undefined, after).added).toEqual(['B', 'C', 'D']);
  });
});

describe('the estimate of the month', () => {
  const [first] = testUseCases().map(({ useCase }) => useCase);
  if (first === undefined) throw new Error('there are no test use cases');

  test('is based on a price table with its date', () => {
    expect(priceTable).toMatchObject({ asOf: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), currency: 'USD' });
    expect(priceTable.region).toMatch(/^[a-z]+-[a-z]+-\d$/);
  });

  test('counts an endpoint by its instances and hours', () => {
    const lines = (count: number): number =>
      monthOf({ ...first, stages: { ...first.stages, production: { ...first.stages.production, count } } })
        .filter(({ stage, what }) => stage === 'production' && what.startsWith('endpoint'))
        .reduce((sum, { amount }) => sum + amount, 0);
    expect(lines(1) / assumptions.hoursPerMonth).toBeGreaterThan(0);
    expect(lines(3)).toBeCloseTo(3 * lines(1));
    expect(sharedCosts()[0]?.amount).toBeGreaterThan(0);
  });

  test('names instances that it has no price of', () => {
    expect(unknownInstances(first)).toEqual([]);
    expect(unknownInstances({ ...first, training: { ...first.training, instance: 'ml.x9.huge' } })).toEqual([
      'ml.x9.huge',
    ]);
  });
});
