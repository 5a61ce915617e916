import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { prefixes } from '../../../contracts/names';
import { Harbour, type Message } from '../../support/shipping/harbour';
import { scoreOf } from '../../support/shipping/models';

const minutes = 60_000;
const answerOf = (version: number): string => `0,${scoreOf(version, 10, 20)}`;

describe('a version that does not hold what it promised', () => {
  let harbour: Harbour;
  const told = (): Message => harbour.inbox().at(-1) as Message;
  /** Version 1 serves, version `bad` is gone, people know, and it stands in `mooring status`. */
  const expectRolledBack = async (bad: number, why: RegExp): Promise<void> => {
    expect(await harbour.endpoint()).toMatchObject({ status: 'InService', version: 1 });
    expect(await harbour.ask(20)).toEqual({ [answerOf(1)]: 20 });
    expect(await harbour.lifeCycle(bad)).toBe('Production RolledBack');
    expect((await harbour.deployments()).at(-1)).toMatchObject({ version: bad, state: 'rolled-back' });
    expect(await harbour.made()).toEqual({ models: ['1'], configs: ['1'] });
    expect(told().subject).toBe(`[solo] version ${bad} was rolled back in production`);
    expect(told().body).toMatch(why);
    expect(await harbour.status()).toMatch(new RegExp(`production +${bad} +rolled-back +.*${why.source}`));
    expect(harbour.failures()).toEqual([]);
  };

  beforeAll(async () => {
    harbour = await Harbour.open('solo');
    await harbour.ship(1);
  }, 3 * minutes);
  afterAll(() => harbour.close());

  test('the first version serves, and the message says which, how good, what of and where', async () => {
    expect(await harbour.endpoint()).toMatchObject({ status: 'InService', version: 1 });
    expect(told().subject).toBe('[solo] version 1 serves in production');
    for (const part of [
      'auc  0.7100',
      'git_commit: commit-1',
      '/run1/Train/model.tar.gz (ETag ',
      '/endpoints/solo-endpoint',
    ])
      expect(told().body).toContain(part);
  });

  test('answers 5xx under canary: taken back, and only requests of the canary share failed', async () => {
    await harbour.register(2, 'broken');
    await harbour.approve(2);
    await harbour.settled();
    expect(await harbour.endpoint()).toMatchObject({ status: 'Updating', version: 1 });
    const during = await harbour.ask(100);
    await harbour.pass(3);
    const { failed = 0, ...answered } = during;
    expect(answered).toEqual({ [answerOf(1)]: 100 - failed });
    // Half of a hundred, with four standard deviations of room.
    expect(failed).toBeGreaterThan(0);
    expect(failed).toBeLessThanOrEqual(70);
    await expectRolledBack(2, /alarm 'solo-endpoint-v2-\w+-(5xx|model-errors)'/);
  });

  test('is slow: taken back by the latency guardrail after three bad minutes', async () => {
    await harbour.register(3, 'slow');
    await harbour.approve(3);
    await harbour.settled();
    for (let minute = 0; minute < 5; minute += 1) {
      await harbour.ask(4);
      await harbour.pass(1);
    }
    await expectRolledBack(3, /alarm 'solo-endpoint-v3-\w+-latency'/);
  });

  test('never starts: the old version is not touched', async () => {
    await harbour.register(4, 'never');
    await harbour.approve(4);
    await harbour.pass(1);
    await expectRolledBack(4, /did not pass the ping health check/);
    expect(told().body).toContain('the weights cannot be read');
  });

  test('answers the same to everything: the smoke test takes it back', async () => {
    await harbour.register(5, 'constant');
    await harbour.approve(5);
    await harbour.pass(30);
    await expectRolledBack(5, /two different rows got the same answer/);
  });

  test('an approval that is given once more is a deployment of its own', async () => {
    await harbour.approve(4);
    await harbour.pass(1);
    expect((await harbour.deployments()).map((each) => `${each.version} ${each.state}`).slice(-2)).toEqual([
      '5 rolled-back',
      '4 rolled-back',
    ]);
  });
});

describe('a capture bucket that the models may not write', () => {
  let harbour: Harbour;

  beforeAll(async () => {
    harbour = await Harbour.open('solo');
    const bucket = harbour.foundation.dataBucket;
    await harbour.clients.s3.send(
      new PutBucketPolicyCommand({
        Bucket: bucket,
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:PutObject',
              Resource: `arn:aws:s3:::${bucket}/${prefixes.capture('solo')}/*`,
            },
          ],
        }),
      }),
    );
    await harbour.ship(1);
  }, 4 * minutes);
  afterAll(() => harbour.close());

  test('rings an alarm and is in the subject of the message, while the version serves', async () => {
    expect(await harbour.endpoint()).toMatchObject({ status: 'InService', version: 1 });
    const subjects = harbour.inbox().map((each) => each.subject);
    expect(subjects).toContain('[solo] version 1 serves in production, but its requests are not captured');
    expect(subjects.some((each) => each.includes('solo-endpoint-capture-missing'))).toBe(true);
    expect(await harbour.status()).toMatch(/solo-endpoint-capture-missing +ALARM/);
  });
});
