import { readdirSync, readFileSync } from 'node:fs';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { Harbour } from '../../support/shipping/harbour';

const minutes = 60_000;

/** Ends the processes of a function, as a lost host would. @returns how many there were. */
function killFunction(name: string): number {
  const pids = readdirSync('/proc').filter((each) => /^\d+$/.test(each));
  const own = pids.filter((pid) => {
    try {
      return (
        / (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) \S/, ''))?.[1] ===
          String(process.pid) &&
        readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`AWS_LAMBDA_FUNCTION_NAME=${name}\0`)
      );
    } catch {
      return false;
    }
  });
  for (const pid of own) process.kill(Number(pid), 'SIGKILL');
  return own.length;
}

describe('events of a deployment', () => {
  let harbour: Harbour;
  const outcomes = async (): Promise<string[]> =>
    (await harbour.deployments()).map((each) => `${each.version} ${each.state}`);
  const subjects = (): string[] => harbour.inbox().map((each) => each.subject);

  beforeAll(async () => {
    harbour = await Harbour.open('solo');
    await harbour.ship(1);
  }, 3 * minutes);
  afterAll(() => harbour.close());

  test('delivered several times, late and out of order, make one deployment', async () => {
    const disturb = harbour.account.support.modules
      .flatMap((each) => each.controls ?? [])
      .find((each) => each.path === '/_local/events/disturb');
    await disturb?.handle({ seed: 5, duplicates: 1, maxDelaySeconds: 240 });
    await harbour.register(2);
    await harbour.approve(2);
    await harbour.pass(40);
    await disturb?.handle({});
    expect(await outcomes()).toEqual(['1 done', '2 done']);
    expect(subjects()).toEqual(['[solo] version 1 serves in production', '[solo] version 2 serves in production']);
    expect(await harbour.made()).toEqual({ models: ['1', '2'], configs: ['1', '2'] });
  });

  test('the same approval three times over, also after it was rolled back, is one deployment', async () => {
    await harbour.register(3, 'never');
    await harbour.approve(3);
    await harbour.pass(1);
    const at = (await harbour.deployments()).at(-1)?.time ?? '';
    const repeated = approvalOf(harbour, 3, at);
    for (let time = 0; time < 3; time += 1) await harbour.account.parts.peer('lambda').invoke('solo-deploy', repeated);
    await harbour.pass(5);
    expect((await outcomes()).slice(2)).toEqual(['3 rolled-back']);
    expect(subjects().filter((each) => each.includes('version 3'))).toHaveLength(1);
  });

  test('two approvals within a second: the later wins, and nothing of the earlier is left', async () => {
    await harbour.register(4);
    await harbour.register(5);
    await harbour.approve(5);
    await harbour.approve(4);
    await harbour.pass(60);
    expect(await harbour.endpoint()).toMatchObject({ status: 'InService', version: 4 });
    expect([...(await outcomes()).slice(3)].sort()).toEqual(['4 done', '5 superseded']);
    expect(await harbour.made()).toEqual({ models: ['2', '4'], configs: ['2', '4'] });
    expect(await harbour.status()).toMatch(/production +5 +superseded +superseded by version 4/);
  });

  const killable = process.platform === 'linux' ? test : test.skip;
  killable(
    'a function that dies after any one of its calls gets there all the same, and leaves nothing behind',
    async () => {
      const survivors: number[] = [];
      const repeated: string[] = [];
      let version = 5;
      for (let call = 1; survivors.length === 0; call += 1) {
        version += 1;
        let calls = 0;
        let killed = '';
        const unsubscribe = harbour.account.trace.subscribe(({ type, data }) => {
          const { principal, operation } = data as { readonly principal?: string; readonly operation?: string };
          if (type !== 'api.call' || principal?.includes('Solo-Serving-DeployRole') !== true) return;
          calls += 1;
          if (calls !== call) return;
          killed = operation ?? '';
          killFunction('solo-deploy');
        });
        await harbour.register(version);
        await harbour.approve(version);
        await harbour.pass(40);
        unsubscribe();
        if (killed === '') survivors.push(call);
        const after = `after call ${call} (${killed})`;
        const news = subjects().filter((each) => each === `[solo] version ${version} serves in production`).length;
        const alarms = await harbour.clients.cloudwatch.send(
          new DescribeAlarmsCommand({ AlarmNamePrefix: 'solo-endpoint-v' }),
        );
        const found = {
          after,
          version: (await harbour.endpoint())?.version,
          outcomes: (await outcomes()).filter((each) => each.startsWith(`${version} `)),
          lifeCycle: await harbour.lifeCycle(version),
          made: (await harbour.made()).models.length + (await harbour.made()).configs.length,
          alarms: alarms.MetricAlarms?.length,
          news: Math.min(news, 1),
        };
        // The function may be one call further when the signal reaches it. Only death between telling the news and noting
        // that it was told repeats it.
        if (news > 1) repeated.push(after);
        expect(found).toEqual({
          after,
          version,
          outcomes: [`${version} done`],
          lifeCycle: 'Production Serving',
          made: 4,
          alarms: 0,
          news: 1,
        });
      }
      console.log(`killed after each of ${(survivors[0] ?? 1) - 1} calls`);
      expect(survivors[0]).toBeGreaterThan(30);
      expect(repeated.length).toBeLessThanOrEqual(2);
      expect(new Set(harbour.failures().map((each) => each.replace(/^.*exited with error: /, '')))).toEqual(
        new Set(['signal: SIGKILL']),
      );
    },
    20 * minutes,
  );
});

/** The registry's event, as it would come again. */
function approvalOf(harbour: Harbour, version: number, time: string): Record<string, unknown> {
  return {
    version: '0',
    id: `again-${version}`,
    'detail-type': 'SageMaker Model Package State Change',
    source: 'aws.sagemaker',
    account: '000000000000',
    region: 'us-east-1',
    time,
    resources: [harbour.packageArn(version)],
    detail: {
      ModelPackageGroupName: 'solo-models',
      ModelPackageVersion: version,
      ModelPackageArn: harbour.packageArn(version),
      ModelApprovalStatus: 'Approved',
      UpdatedModelPackageFields: ['ModelApprovalStatus'],
    },
  };
}
