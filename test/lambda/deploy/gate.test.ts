import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import type { Approvals } from '../../../contracts/function-settings';
import type { StageName } from '../../../contracts/names';
import type { Context } from '../../../lambda/deploy/context';
import { refusal } from '../../../lambda/deploy/gate';
import type { Plan } from '../../../lambda/deploy/plan';
import { FakeS3 } from '../../support/fake-s3';

const arn = 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/loans-models/2';
const plan: Plan = {
  packageArn: arn,
  version: 2,
  name: 'loans-endpoint-v2-0',
  metadata: {},
  artifact: { uri: 's3://a/b', digest: 'abc' },
};
const forProduction = { Stage: 'Production', StageStatus: 'Approved' };

interface Situation {
  readonly stage?: StageName;
  readonly approvals?: Approvals;
  readonly approval?: 'auto' | 'manual';
  readonly tested?: boolean;
  readonly objects?: Readonly<Record<string, unknown>>;
}

/** Why a package in this state is refused; undefined when it is let through. */
async function reason(
  described: Partial<DescribeModelPackageOutput>,
  situation: Situation,
): Promise<string | undefined> {
  const s3 = new FakeS3();
  for (const [key, content] of Object.entries(situation.objects ?? {}))
    s3.objects.set(`artifacts/loans/${key}`, JSON.stringify(content));
  const { stage = 'production', approvals = 'life-cycle', approval = 'manual', tested = false } = situation;
  const context = {
    useCase: 'loans',
    stage,
    artifacts: { s3: s3.client, name: 'artifacts' },
    settings: { approvals, tested, stage: { approval } },
  } as unknown as Context;
  return (await refusal(context, described as DescribeModelPackageOutput, plan))?.reason;
}

const id = 'markers/deploy-staging/2026-11-20T10-00-00.000Z_000002';
const staged = (digest = 'abc'): Record<string, unknown> => ({
  [`${id}/intent.json`]: { id: id.split('/').at(-1), plan },
  [`${id}/done.json`]: { live: { artifact: { uri: 's3://a/b', digest } } },
});
const verdict = (passed: boolean): Record<string, unknown> => ({
  'tests/staging/v2/summary.json': { passed, tests: [{ name: 'load', passed, found: '' }] },
});

describe('a stage that follows the registry', () => {
  test.each<[string, Situation, string | undefined]>([
    ['Approved', { stage: 'staging', approvals: 'registry' }, undefined],
    ['PendingManualApproval', { stage: 'staging', approvals: 'registry' }, `${arn} is PendingManualApproval`],
    ['PendingManualApproval', { stage: 'staging', approvals: 'registry', approval: 'auto' }, undefined],
    ['Rejected', { stage: 'staging', approvals: 'registry', approval: 'auto' }, `${arn} is Rejected`],
    ['PendingManualApproval', { approvals: 'registry', approval: 'auto' }, `${arn} is PendingManualApproval`],
    ['PendingManualApproval', { stage: 'staging', approvals: 'release' }, undefined],
    ['Rejected', { stage: 'staging', approvals: 'release' }, `${arn} is Rejected`],
  ])('%s with %j: %s', async (ModelApprovalStatus, situation, expected) => {
    expect(await reason({ ModelApprovalStatus: ModelApprovalStatus as 'Approved' }, situation)).toBe(expected);
  });
});

describe('production behind staging', () => {
  const approved = { ModelApprovalStatus: 'Approved', ModelLifeCycle: forProduction } as const;

  test.each<[string, Situation, string | undefined]>([
    ['never served in staging', {}, 'version 2 has never served in staging'],
    ['served there', { objects: staged() }, undefined],
    [
      'served there with other bytes',
      { objects: staged('def') },
      'the model data of version 2 is not what served in staging (digest abc, there def)',
    ],
    ['was not tested', { objects: staged(), tested: true }, 'version 2 was not tested in staging'],
    [
      'failed its tests',
      { objects: { ...staged(), ...verdict(false) }, tested: true },
      'version 2 failed its tests in staging: load',
    ],
    ['passed its tests', { objects: { ...staged(), ...verdict(true) }, tested: true }, undefined],
  ])('of a version that %s', async (_what, situation, expected) => {
    expect(await reason(approved, situation)).toBe(expected);
  });

  test.each([
    ['no stage', undefined],
    ['Staging Serving', { Stage: 'Staging', StageStatus: 'Serving' }],
    ['Production Serving', { Stage: 'Production', StageStatus: 'Serving' }],
    ['Staging Approved', { Stage: 'Staging', StageStatus: 'Approved' }],
  ])('is not reached by the life cycle %s', async (found, ModelLifeCycle) => {
    expect(await reason({ ModelApprovalStatus: 'Approved', ModelLifeCycle }, { objects: staged() })).toBe(
      `the life cycle of ${arn} is '${found}', not 'Production Approved'`,
    );
  });

  test('is not reached by a version that was rejected', async () => {
    expect(await reason({ ...approved, ModelApprovalStatus: 'Rejected' }, { objects: staged() })).toBe(
      `${arn} is Rejected`,
    );
  });
});
