import { DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { UpdateEndpointCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { mockClient } from 'aws-sdk-client-mock';
import { modelPackageStateChange } from '../../../contracts/events';
import approved from '../../../contracts/events/fixtures/model-package-approved.json';
import { begin } from '../../../lambda/deploy/begin';
import { deployWorld, refuseRow, scores } from './deploy-world';

const deployFixture = (answers = scores) => deployWorld({ answers });
const at = (minute: number): string => `2026-11-20T10:${String(minute).padStart(2, '0')}:00Z`;

beforeEach(() => jest.spyOn(console, 'log').mockImplementation());
afterEach(() => jest.restoreAllMocks());

describe('the first approval', () => {
  test('creates the endpoint and says nothing before it serves', async () => {
    const { approve, endpoint, subjects, live } = deployFixture();
    await approve(1, at(0));
    expect(endpoint.status).toBe('Creating');
    expect(endpoint.configs).toEqual([expect.stringMatching(/^loans-endpoint-v1-[0-9a-f]{8}$/)]);
    expect(subjects()).toEqual([]);
    expect(live()).toBeNull();
  });

  test('notes who gave it', async () => {
    const { approve, s3 } = deployFixture();
    await approve(1, at(0));
    const [intent = ''] = [...s3.objects.keys()].filter((key) => key.endsWith('/intent.json'));
    expect(s3.json(intent)).toMatchObject({ approvedBy: 'arn:aws:iam::111122223333:user/ann' });
  });

  test('notes who gave it to the trial that handed it on, and not the trial', async () => {
    const { context, s3 } = deployFixture();
    const detail = { ...approved.detail, approvedBy: 'arn:aws:iam::111122223333:user/carol' };
    await begin(context, modelPackageStateChange.parse({ ...approved, time: at(0), detail }));
    const [intent = ''] = [...s3.objects.keys()].filter((key) => key.endsWith('/intent.json'));
    expect(s3.json(intent)).toMatchObject({ approvedBy: 'arn:aws:iam::111122223333:user/carol' });
  });

  test('ends with manifest, baselines, life cycle, no alarm left and one message', async () => {
    const { approve, event, endpoint, told, subjects, live, s3, alarms } = deployFixture();
    await approve(1, at(0));
    endpoint.arrive();
    await event(at(5));
    expect(live()).toMatchObject({
      version: 1,
      endpoint: 'loans-endpoint',
      endpoint_config: endpoint.live,
      deployed_at: at(5),
      metadata: { git_commit: 'abc' },
    });
    expect(s3.json('artifacts/loans/live/production/statistics.json')).toEqual({ version: 0 });
    expect(s3.json('artifacts/loans/live/production/prediction_statistics.json')).toEqual({ rows: 9 });
    expect(endpoint.lifeCycles).toEqual([{ package: live()?.package_arn, status: 'Serving' }]);
    expect(alarms.commandCalls(DeleteAlarmsCommand)).toHaveLength(1);
    expect(subjects()).toEqual(['[loans] version 1 serves in production']);
    expect(told[0]).toContain('Smoke test: passed, two recorded rows got 1,0.9 and 0,0.2, a bad row was refused');
    expect(told[0]).toContain('Data capture: 100 % of the requests, an object appeared');
  });
});

describe('events that repeat', () => {
  test('deploy once, whatever comes three times', async () => {
    const { approve, event, endpoint, subjects } = deployFixture();
    for (let time = 0; time < 3; time++) await approve(1, at(0));
    endpoint.arrive();
    for (let time = 0; time < 3; time++) await event(at(5));
    await approve(1, at(0));
    expect(endpoint.configs).toHaveLength(1);
    expect(subjects()).toEqual(['[loans] version 1 serves in production']);
  });

  test('come before the endpoint is there, or about an endpoint nobody approved anything for', async () => {
    const { approve, event, endpoint, subjects } = deployFixture();
    await expect(event(at(0))).resolves.toBe('nothing was approved for loans-endpoint');
    await approve(1, at(1));
    await expect(event(at(2))).resolves.toBe('loans-endpoint is Creating');
    expect(endpoint.live).toBeUndefined();
    expect(subjects()).toEqual([]);
  });
});

describe('an approval that was withdrawn', () => {
  test('deploys nothing, although its event is late', async () => {
    const { approve, endpoint } = deployFixture();
    endpoint.approval = 'Rejected';
    await expect(approve(1, at(0))).resolves.toMatch(/^not deployed: .* is Rejected$/);
    expect(endpoint.configs).toEqual([]);
  });
});

describe('two approvals within a second', () => {
  test.each([
    [2, 3],
    [3, 2],
  ])('end with the later version, when %i comes before %i', async (first, second) => {
    const { approve, event, endpoint, live, subjects } = deployFixture();
    await approve(1, at(0));
    endpoint.arrive();
    await event(at(1));
    await approve(first, at(2));
    await approve(second, at(2));
    endpoint.arrive();
    await event(at(3));
    endpoint.arrive();
    await event(at(4));
    expect(live()?.version).toBe(3);
    expect(subjects().filter((each) => each.includes('version 3'))).toEqual(['[loans] version 3 serves in production']);
  });
});

describe('a deployment that is rolled back', () => {
  test('is reported as one, although the endpoint is in service', async () => {
    const { approve, event, endpoint, live, subjects } = deployFixture();
    await approve(1, at(0));
    endpoint.arrive();
    await event(at(1));
    await approve(2, at(2));
    endpoint.rollBack();
    await event(at(3));
    expect(subjects()).toEqual([
      '[loans] version 1 serves in production',
      '[loans] version 2 was rolled back in production',
    ]);
    expect(live()?.version).toBe(1);
    expect(endpoint.lifeCycles.at(-1)).toMatchObject({ status: 'RolledBack' });
  });
});

describe('a model that answers the same to everything', () => {
  test('is taken back, and the previous version serves again', async () => {
    const answers: Record<string, string> = { ...scores };
    const { approve, event, endpoint, live, told, subjects } = deployFixture(answers);
    await approve(1, at(0));
    endpoint.arrive();
    await event(at(1));
    const good = endpoint.live;
    answers['N,300'] = answers['Y,"1,200"'] ?? '';
    await approve(2, at(2));
    endpoint.arrive();
    await event(at(3));
    expect(endpoint.pending).toBe(good);
    endpoint.arrive();
    await event(at(4));
    expect(live()?.version).toBe(1);
    expect(subjects().at(-1)).toBe('[loans] version 2 was rolled back in production');
    expect(told.at(-1)).toContain('two different rows got the same answer 1,0.9');
  });

  test('is reported when there is nothing to go back to', async () => {
    const { approve, event, endpoint, live, subjects } = deployFixture({ 'Y,"1,200"': '1,0.9', 'N,300': '1,0.9' });
    await approve(1, at(0));
    endpoint.arrive();
    await event(at(1));
    expect(live()).toBeNull();
    expect(subjects()).toEqual(['[loans] version 1 failed its smoke test in production']);
  });
});

describe('a model whose served score differs from the evaluated one', () => {
  test('does not pass the smoke test', async () => {
    const { approve, event, endpoint, told } = deployFixture({ 'Y,"1,200"': '1,0.9', 'N,300': '0,0.3' });
    await approve(1, at(0));
    endpoint.arrive();
    await event(at(1));
    expect(told[0]).toContain('row 2 got 0.3, but 0.2 when the model was evaluated');
  });
});

describe('capture that does not arrive', () => {
  test('is a warning in the message, not silence', async () => {
    const { context, approve, event, endpoint, told, s3 } = deployFixture();
    mockClient(context.runtime)
      .on(InvokeEndpointCommand)
      .callsFake(({ Body }: { Body: Uint8Array }) => {
        const line = Buffer.from(Body).toString();
        return { Body: Buffer.from(scores[line] ?? refuseRow(400)) };
      });
    await approve(1, at(0));
    endpoint.arrive();
    await event(at(1));
    expect(s3.keys('data/')).toEqual([]);
    expect(told[0]).toContain('Data capture: WARNING: no object appeared within a minute');
  });
});

describe('the fourth version', () => {
  test('leaves the last two configurations and their models', async () => {
    const { approve, event, endpoint, live } = deployFixture();
    for (let version = 1; version <= 4; version++) {
      await approve(version, at(version * 2));
      endpoint.arrive();
      await event(at(version * 2 + 1));
    }
    expect(endpoint.configs.map((each) => each.slice(0, 17))).toEqual(['loans-endpoint-v3', 'loans-endpoint-v4']);
    expect(endpoint.models).toEqual(endpoint.configs);
    expect(live()?.previous?.version).toBe(3);
  });
});

describe('an update', () => {
  test('carries the canary of the use case and alarms on the new configuration only', async () => {
    const { approve, event, endpoint, alarms } = deployFixture();
    await approve(1, at(0));
    endpoint.arrive();
    await event(at(1));
    await approve(2, at(2));
    const [update] = endpoint.mock.commandCalls(UpdateEndpointCommand).map((call) => call.args[0].input);
    expect(update).toMatchObject({
      RetainAllVariantProperties: false,
      DeploymentConfig: {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: {
            Type: 'CANARY',
            CanarySize: { Type: 'CAPACITY_PERCENT', Value: 50 },
            WaitIntervalInSeconds: 300,
          },
          MaximumExecutionTimeoutInSeconds: 2400,
        },
        AutoRollbackConfiguration: {
          Alarms: ['5xx', 'model-errors', 'latency'].map((each) => ({
            AlarmName: `${update?.EndpointConfigName}-${each}`,
          })),
        },
      },
    });
    const made = alarms.commandCalls(PutMetricAlarmCommand).map((call) => call.args[0].input);
    expect(made.at(-1)?.Dimensions).toContainEqual({ Name: 'EndpointConfigName', Value: update?.EndpointConfigName });
    expect(made.map((each) => each.TreatMissingData)).toEqual(made.map(() => 'notBreaching'));
  });
});

describe('a function that died after it asked for the update', () => {
  test('converges when the approval is delivered again', async () => {
    const { approve, event, endpoint, live, s3 } = deployFixture();
    await approve(1, at(0));
    endpoint.arrive();
    await event(at(1));
    await approve(2, at(2));
    for (const key of s3.keys('artifacts/loans/markers/').filter((each) => each.includes('000002/started')))
      s3.objects.delete(key);
    await approve(2, at(2));
    endpoint.arrive();
    await event(at(3));
    expect(live()?.version).toBe(2);
  });
});
