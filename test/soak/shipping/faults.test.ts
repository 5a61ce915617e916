import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { prefixes } from '../../../contracts/names';
import { DeployedUseCase, type Message } from '../../support/deployed/deployed-use-case';
import { scoreOf } from '../../support/deployed/models';

const minutes = 60_000;
const answerOf = (version: number): string => `0,${scoreOf(version, 10, 20)}`;

describe('a version that does not hold what it promised', () => {
  let deployed: DeployedUseCase;
  const told = (): Message => deployed.inbox().at(-1) as Message;
  /** Version 1 serves, version `bad` is gone, people know, and it stands in `mooring status`. */
  const expectRolledBack = async (bad: number, why: RegExp): Promise<void> => {
    expect(await deployed.endpoint()).toMatchObject({ status: 'InService', version: 1 });
    expect(await deployed.ask(20)).toEqual({ [answerOf(1)]: 20 });
    expect(await deployed.lifeCycle(bad)).toBe('Production RolledBack');
    expect((await deployed.deployments()).at(-1)).toMatchObject({ version: bad, state: 'rolled-back' });
    expect(await deployed.made()).toEqual({ models: ['1'], configs: ['1'] });
    expect(told().subject).toBe(`[solo] version ${bad} was rolled back in production`);
    expect(told().body).toMatch(why);
    expect(await deployed.status()).toMatch(new RegExp(`production +${bad} +rolled-back +.*${why.source}`));
    expect(deployed.failures()).toEqual([]);
  };

  beforeAll(async () => {
    deployed = await DeployedUseCase.open('solo');
    await deployed.ship(1);
  }, 3 * minutes);
  afterAll(() => deployed.close());

  test('the first version serves, and the message says which, how good, what of and where', async () => {
    expect(await deployed.endpoint()).toMatchObject({ status: 'InService', version: 1 });
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
    await deployed.register(2, 'broken');
    await deployed.approve(2);
    await deployed.settled();
    expect(await deployed.endpoint()).toMatchObject({ status: 'Updating', version: 1 });
    const during = await deployed.ask(100);
    await deployed.pass(3);
    const { failed = 0, ...answered } = during;
    expect(answered).toEqual({ [answerOf(1)]: 100 - failed });
    // Half of a hundred, with four standard deviations of room.
    expect(failed).toBeGreaterThan(0);
    expect(failed).toBeLessThanOrEqual(70);
    await expectRolledBack(2, /alarm 'solo-endpoint-v2-\w+-(5xx|model-errors)'/);
  });

  test('is slow: taken back by the latency guardrail after three bad minutes', async () => {
    await deployed.register(3, 'slow');
    await deployed.approve(3);
    await deployed.settled();
    for (let minute = 0; minute < 5; minute += 1) {
      await deployed.ask(4);
      await deployed.pass(1);
    }
    await expectRolledBack(3, /alarm 'solo-endpoint-v3-\w+-latency'/);
  });

  test('never starts: the old version is not touched', async () => {
    await deployed.register(4, 'never');
    await deployed.approve(4);
    await deployed.pass(1);
    await expectRolledBack(4, /did not pass the ping health check/);
    expect(told().body).toContain('the weights cannot be read');
  });

  test('answers the same to everything: the smoke test takes it back', async () => {
    await deployed.register(5, 'constant');
    await deployed.approve(5);
    await deployed.pass(30);
    await expectRolledBack(5, /two different rows got the same answer/);
  });

  test('an approval that is given once more is a deployment of its own', async () => {
    await deployed.approve(4);
    await deployed.pass(1);
    expect((await deployed.deployments()).map((each) => `${each.version} ${each.state}`).slice(-2)).toEqual([
      '5 rolled-back',
      '4 rolled-back',
    ]);
  });
});

describe('a capture bucket that the models may not write', () => {
  let deployed: DeployedUseCase;

  beforeAll(async () => {
    deployed = await DeployedUseCase.open('solo');
    const bucket = deployed.foundation.dataBucket;
    await deployed.clients.s3.send(
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
    await deployed.ship(1);
  }, 4 * minutes);
  afterAll(() => deployed.close());

  test('triggers an alarm and is in the subject of the message, while the version serves', async () => {
    expect(await deployed.endpoint()).toMatchObject({ status: 'InService', version: 1 });
    const subjects = deployed.inbox().map((each) => each.subject);
    expect(subjects).toContain('[solo] version 1 serves in production, but its requests are not captured');
    expect(subjects.some((each) => each.includes('solo-endpoint-capture-missing'))).toBe(true);
    expect(await deployed.status()).toMatch(/solo-endpoint-capture-missing +ALARM/);
  });
});
