import { readdirSync, readFileSync } from 'node:fs';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DeployedUseCase } from '../../support/deployed/deployed-use-case';

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
  let deployed: DeployedUseCase;
  const outcomes = async (): Promise<string[]> =>
    (await deployed.deployments()).map((each) => `${each.version} ${each.state}`);
  const subjects = (): string[] => deployed.inbox().map((each) => each.subject);

  beforeAll(async () => {
    deployed = await DeployedUseCase.open('solo');
    await deployed.ship(1);
  }, 3 * minutes);
  afterAll(() => deployed.close());

  test('delivered several times, late and out of order, make one deployment', async () => {
    const disturb = deployed.account.support.modules
      .flatMap((each) => each.controls ?? [])
      .find((each) => each.path === '/_local/events/disturb');
    await disturb?.handle({ seed: 5, duplicates: 1, maxDelaySeconds: 240 });
    await deployed.register(2);
    await deployed.approve(2);
    await deployed.pass(40);
    await disturb?.handle({});
    expect(await outcomes()).toEqual(['1 done', '2 done']);
    expect(subjects()).toEqual(['[solo] version 1 serves in production', '[solo] version 2 serves in production']);
    expect(await deployed.made()).toEqual({ models: ['1', '2'], configs: ['1', '2'] });
  });

  test('the same approval three times over, also after it was rolled back, is one deployment', async () => {
    await deployed.register(3, 'never');
    await deployed.approve(3);
    await deployed.pass(1);
    const at = (await deployed.deployments()).at(-1)?.time ?? '';
    const repeated = approvalOf(deployed, 3, at);
    for (let time = 0; time < 3; time += 1) await deployed.account.parts.peer('lambda').invoke('solo-deploy', repeated);
    await deployed.pass(5);
    expect((await outcomes()).slice(2)).toEqual(['3 rolled-back']);
    expect(subjects().filter((each) => each.includes('version 3'))).toHaveLength(1);
  });

  test('two approvals within a second: the later wins, and nothing of the earlier is left', async () => {
    await deployed.register(4);
    await deployed.register(5);
    await deployed.approve(5);
    await deployed.approve(4);
    await deployed.pass(60);
    expect(await deployed.endpoint()).toMatchObject({ status: 'InService', version: 4 });
    expect([...(await outcomes()).slice(3)].sort()).toEqual(['4 done', '5 superseded']);
    expect(await deployed.made()).toEqual({ models: ['2', '4'], configs: ['2', '4'] });
    expect(await deployed.status()).toMatch(/production +5 +superseded +superseded by version 4/);
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
        const unsubscribe = deployed.account.trace.subscribe(({ type, data }) => {
          const { principal, operation } = data as { readonly principal?: string; readonly operation?: string };
          if (type !== 'api.call' || principal?.includes('Solo-Serving-DeployRole') !== true) return;
          calls += 1;
          if (calls !== call) return;
          killed = operation ?? '';
          killFunction('solo-deploy');
        });
        await deployed.register(version);
        await deployed.approve(version);
        await deployed.pass(40);
        unsubscribe();
        if (killed === '') survivors.push(call);
        const after = `after call ${call} (${killed})`;
        const news = subjects().filter((each) => each === `[solo] version ${version} serves in production`).length;
        const alarms = await deployed.clients.cloudwatch.send(
          new DescribeAlarmsCommand({ AlarmNamePrefix: 'solo-endpoint-v' }),
        );
        const found = {
          after,
          version: (await deployed.endpoint())?.version,
          outcomes: (await outcomes()).filter((each) => each.startsWith(`${version} `)),
          lifeCycle: await deployed.lifeCycle(version),
          made: (await deployed.made()).models.length + (await deployed.made()).configs.length,
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
      expect(new Set(deployed.failures().map((each) => each.replace(/^.*exited with error: /, '')))).toEqual(
        new Set(['signal: SIGKILL']),
      );
    },
    20 * minutes,
  );
});

/** The registry's event, as it would come again. */
function approvalOf(deployed: DeployedUseCase, version: number, time: string): Record<string, unknown> {
  return {
    version: '0',
    id: `again-${version}`,
    'detail-type': 'SageMaker Model Package State Change',
    source: 'aws.sagemaker',
    account: '000000000000',
    region: 'us-east-1',
    time,
    resources: [deployed.packageArn(version)],
    detail: {
      ModelPackageGroupName: 'solo-models',
      ModelPackageVersion: version,
      ModelPackageArn: deployed.packageArn(version),
      ModelApprovalStatus: 'Approved',
      UpdatedModelPackageFields: ['ModelApprovalStatus'],
    },
  };
}
