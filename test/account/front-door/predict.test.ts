import { FilterLogEventsCommand, CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { prefixes } from '../../../contracts/names';
import { record } from '../../support/door-use-case';
import { clientConfig } from '@mooring/local-account/test/support/clients';
import { FrontDoor } from '../../support/front-door';
import { malformed } from '../../support/front-door-malformed';

let door: FrontDoor;
beforeAll(async () => {
  door = await FrontDoor.open();
});
afterAll(() => door.close());

const client = () => clientConfig(door.laptop.account);

test('without a model the front door says so, and when to come back', async () => {
  expect(await door.predict({ features: record })).toMatchObject({ status: 503, headers: { 'retry-after': '60' } });
  expect(await door.ask({ path: '/health', unsigned: true })).toMatchObject({ status: 503 });
});

describe('with a model behind it', () => {
  beforeAll(async () => {
    await door.serve(3);
    // That there is no model is believed for a second.
    await new Promise((go) => setTimeout(go, 1_100));
  });

  test('a good request gets prediction, score, inference id, model version and release evidence', async () => {
    const { status, body, headers } = await door.predict({ features: record });
    expect(status).toBe(200);
    expect(body).toEqual({
      prediction: 1,
      score: expect.closeTo(0.52, 2) as number,
      inference_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      use_case: 'door',
      model: {
        version: 3,
        release: {
          package: 'arn:aws:sagemaker:us-east-1:000000000000:model-package/door-models/3',
          deployed_at: '2026-11-20T09:00:00Z',
          execution: null,
          git_commit: 'abc',
          data_hash: 'sha256:1',
          config_hash: 'c0ffee',
        },
      },
    });
    expect(headers['server-timing']).toMatch(/^check;dur=[0-9.]+, endpoint;dur=[0-9.]+, answer;dur=[0-9.]+$/);
    expect(headers['cache-control']).toBe('no-store');
  });

  test('a value that is not known is null', async () => {
    const { status } = await door.predict({ features: { ...record, income: null, colour: null, since: null } });
    expect(status).toBe(200);
  });

  test('reasons tell what moved the score, against a typical record', async () => {
    const { body } = await door.predict({ features: { ...record, age: 20 }, explain: true });
    expect(body.reasons).toEqual([
      { feature: 'age', effect: expect.closeTo(0.15, 5) as number, typical: 50 },
      { feature: 'income', effect: expect.closeTo(0.02005, 5) as number, typical: 1000 },
    ]);
  });

  test('a version that is not released yet answers under its own number, without the evidence of another', async () => {
    await door.swap(4);
    expect((await door.predict({ features: record })).body.model).toEqual({ version: 4, release: null });
    await door.release(4);
    await new Promise((go) => setTimeout(go, 1_100));
    expect((await door.predict({ features: record })).body.model).toMatchObject({ version: 4, release: {} });
  });

  test('all problems of a request are listed at once', async () => {
    const features = { age: 17, income: '12', colour: 'blue', region: null, sice: 1 };
    const { status, body, headers } = await door.predict({ features, explain: 'yes', extra: 1 });
    expect(status).toBe(400);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body).toMatchObject({ title: 'The request is not valid', status: 400, detail: '8 values are not valid.' });
    expect(body.errors).toEqual([
      { pointer: '#/extra', detail: 'is not known; allowed: features, explain, key' },
      { pointer: '#/features/age', detail: 'must be a whole number from 18 to 120' },
      {
        pointer: '#/features/income',
        detail: 'must be a number of at least 0, not text, or null when it is not known',
      },
      { pointer: '#/features/colour', detail: 'must be one of: red, green, 3, or null when it is not known' },
      { pointer: '#/features/region', detail: 'must not be null' },
      { pointer: '#/features/since', detail: 'is missing; write null where a value is not known' },
      { pointer: '#/features/sice', detail: 'is not a column of this use case' },
      { pointer: '#/explain', detail: 'must be true or false' },
    ]);
  });

  describe('a malformed request', () => {
    test.each(malformed)('%s: gets %i with the reason, and no prediction', async (_, status, make) => {
      const before = door.invocations();
      const answer = await door.ask(await make(door));
      expect(answer.status).toBe(status);
      const reason = String(answer.body.detail ?? answer.headers['x-mooring-reason'] ?? '');
      expect(reason).not.toBe('');
      expect(answer.body).not.toHaveProperty('prediction');
      expect(door.invocations()).toBe(before);
    });

    test('there are at least forty kinds', () => expect(malformed.length).toBeGreaterThanOrEqual(40));
  });

  test('a role needs the policy of the callers', async () => {
    const features = record;
    const caller = await door.predict({ features }, { keys: await door.keysOf('Caller') });
    expect(caller.status).toBe(200);
    const stranger = await door.predict({ features }, { keys: await door.keysOf('Stranger') });
    expect(stranger).toMatchObject({ status: 403, body: { message: 'Forbidden' } });
    expect(stranger.headers['x-mooring-reason']).toContain('execute-api:Invoke');
  });

  test('the model refuses values that pass the checks: 422 with its words; a crash is a 502', async () => {
    const refused = await door.predict({ features: { ...record, income: 667 } });
    expect(refused).toMatchObject({ status: 422, body: { detail: 'income 667 is not plausible' } });
    expect(await door.predict({ features: { ...record, income: 666 } })).toMatchObject({ status: 502 });
  });

  test('labels go the same way, into the ground truth', async () => {
    const taken = await door.ask({
      method: 'POST',
      path: '/labels',
      body: JSON.stringify({
        labels: [
          { inference_id: 'a', label: 1 },
          { inference_id: 'b', label: 7 },
        ],
      }),
    });
    expect(taken).toMatchObject({
      status: 202,
      body: { accepted: 1, rejected: [{ index: 1, inference_id: 'b', problem: 'label: 7 is above 1' }] },
    });
    expect(String(taken.body.key)).toContain(prefixes.groundTruth('door'));
  });

  test('health and other paths', async () => {
    expect(await door.ask({ path: '/health', unsigned: true })).toMatchObject({
      status: 200,
      body: { status: 'ok', use_case: 'door', version: 4 },
    });
    expect(await door.ask({ path: '/predict' })).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(await door.ask({ path: '/nothing' })).toMatchObject({ status: 404 });
    expect(await door.ask({ path: '/nothing', unsigned: true })).toMatchObject({ status: 403 });
  });

  test('the access log tells what happened and nothing about who asked or what they sent', async () => {
    await door.predict({ features: { ...record, region: 'atlantis' } }, { headers: { 'user-agent': 'telltale' } });
    const logs = new CloudWatchLogsClient(client());
    const group = door.laptop.account.parts.store
      .collection<{ accessLog?: { group: string } }>('apigatewayv2.stages')
      .values()[0]?.accessLog?.group;
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: group, limit: 10_000 }));
    const text = events.map((each) => each.message).join('\n');
    expect(JSON.parse(events.at(-1)?.message ?? '')).toMatchObject({ route: 'POST /predict', status: '400' });
    for (const secret of ['telltale', '127.0.0.1', 'AKIA', 'atlantis', '1200.5', 'role/'])
      expect(text).not.toContain(secret);
  });

  test('the metrics that the alarms read count failures of ours apart from those of callers', async () => {
    const cloudwatch = new CloudWatchClient(client());
    const [apiId] = door.laptop.account.parts.store.collection('apigatewayv2.apis').entries()[0] ?? [];
    const sum = async (MetricName: string): Promise<number> => {
      const now = door.laptop.account.clock.now().getTime();
      const { Datapoints = [] } = await cloudwatch.send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/ApiGateway',
          MetricName,
          Dimensions: [{ Name: 'ApiId', Value: apiId }],
          StartTime: new Date(now - 3_600_000),
          EndTime: new Date(now + 60_000),
          Period: 60,
          Statistics: ['Sum'],
        }),
      );
      return Datapoints.reduce((total, each) => total + (each.Sum ?? 0), 0);
    };
    // Two requests and two health checks before there was a model, and the crash.
    expect(await sum('5xx')).toBe(3);
    expect(await sum('4xx')).toBeGreaterThanOrEqual(malformed.length);
  });
});
