import type { Session } from '../../../cli/shared/session';
import { lastServed, servedAt } from '../../../cli/release/served';
import { FakeS3 } from '../../support/fake-s3';

const root = 'artifacts/loans/markers/deploy-production';
const ann = 'arn:aws:iam::000000000000:user/ann';

/** A deployment that was asked for and ended well. */
function deployed(s3: FakeS3, version: number, times: readonly [asked: string, live: string], more: object): void {
  const [asked, live] = times;
  const id = `${asked.replaceAll(':', '-')}_${String(version).padStart(6, '0')}`;
  const intent = { id, plan: { packageArn: `models/${version}`, version }, eventTime: asked, ...more };
  s3.objects.set(`${root}/${id}/intent.json`, JSON.stringify(intent));
  s3.objects.set(`${root}/${id}/done.json`, JSON.stringify({ live: { deployed_at: live } }));
}

/** A deployment that was taken back. */
function withdrawn(s3: FakeS3, version: number, [asked, ended]: readonly [asked: string, ended: string]): void {
  const folder = `${root}/${asked.replaceAll(':', '-')}_${String(version).padStart(6, '0')}`;
  const intent = { plan: { packageArn: `models/${version}`, version }, eventTime: asked };
  s3.objects.set(`${folder}/intent.json`, JSON.stringify(intent));
  s3.objects.set(`${folder}/rolled-back.json`, '{}');
  s3.modified.set(`${folder}/rolled-back.json`, ended);
}

const at = (minute: number): string => `2026-11-20T10:${String(minute).padStart(2, '0')}:00Z`;

describe('what served', () => {
  const s3 = new FakeS3();
  const session = { clients: { s3: s3.client } } as unknown as Session;
  deployed(s3, 1, [at(0), at(5)], { approvedBy: ann });
  deployed(s3, 2, [at(20), at(30)], { approvedBy: 'bob' });
  withdrawn(s3, 4, [at(33), at(36)]);
  deployed(s3, 1, [at(40), at(45)], { restores: { from: 2, by: 'carol' } });
  s3.objects.set(
    'artifacts/loans/markers/trial-production/2026-11-20T10-50-00.000Z_000003/record.json',
    JSON.stringify({ state: { approved_at: at(50), challenger: { package_arn: 'models/3' } } }),
  );
  const answered = (time: string, variant = 'AllTraffic') => servedAt(session, 'artifacts', 'loans', { time, variant });

  test('is the version that took all traffic, with who approved its deployment', async () => {
    await expect(answered(at(10))).resolves.toMatchObject({ packageArn: 'models/1', approvedBy: ann });
    await expect(answered(at(31))).resolves.toMatchObject({ packageArn: 'models/2', approvedBy: 'bob' });
  });

  test('is either version while a deployment is under way', async () => {
    await expect(answered(at(25))).resolves.toMatchObject({ packageArn: 'models/1', orElse: 'models/2' });
    expect(await answered(at(10))).not.toHaveProperty('orElse');
  });

  test('is either version during a canary that was rolled back', async () => {
    await expect(answered(at(34))).resolves.toMatchObject({ packageArn: 'models/2', orElse: 'models/4' });
    for (const minute of [32, 37]) expect(await answered(at(minute))).not.toHaveProperty('orElse');
  });

  test('is approved by who let it in at first when it was brought back', async () => {
    await expect(lastServed(session, 'artifacts', 'loans')).resolves.toMatchObject({
      packageArn: 'models/1',
      approvedBy: ann,
      restores: { by: 'carol' },
    });
  });

  test('is the version on trial where its variant answered', async () => {
    await expect(answered(at(55), 'Challenger')).resolves.toMatchObject({ packageArn: 'models/3' });
    await expect(answered(at(55))).resolves.toMatchObject({ packageArn: 'models/1' });
  });

  test('is nothing before the first deployment', async () => {
    await expect(answered('2026-11-20T09:00:00Z')).rejects.toThrow('no version of loans served in production');
    await expect(lastServed(session, 'artifacts', 'rain')).resolves.toBeUndefined();
  });
});
