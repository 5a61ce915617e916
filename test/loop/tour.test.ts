import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../../cli/watch/report/run-record';
import type { AccountStatus } from '../../cli/loop/status';
import { Workplace, type Ended } from '../support/mooring';

const minutes = 60_000;

describe('after a tour', () => {
  const place = new Workplace();
  let tour: Ended;
  let record: RunRecord;

  beforeAll(async () => {
    tour = await place.mooring('tour');
    record = place.read<RunRecord>('run.json');
  }, 6 * minutes);
  afterAll(() => place.remove());

  test('every stage went well, in the order of the loop', () => {
    expect(record.stages.filter((each) => each.status !== 'ok')).toEqual([]);
    expect(record.stages.map((each) => each.name)).toEqual([
      'install',
      'synth',
      'account up',
      'cdk deploy',
      'pipeline',
      'register v1',
      'approve and ship v1',
      'an ordinary hour',
      'a drifted hour',
      'alarms',
      'notification',
      'retrain decision',
      'retrain to v2',
      'approve and ship v2',
      'predict',
    ]);
    expect(tour.code).toBe(0);
    expect(tour.out).toContain('the loop closed');
  });

  test('the ordinary hour triggered no alarm; the drifted hour triggered exactly the two features and the composite', () => {
    expect(record.alarms_after_ordinary_hour).toEqual([]);
    expect(record.alarms.filter((each) => each.state === 'ALARM').map((each) => each.name)).toEqual([
      'credit-risk-drift-AMT_ANNUITY',
      'credit-risk-drift-FLAG_OWN_CAR',
      'credit-risk-drift',
    ]);
  });

  test("the drift distances are of the size of T1's published 0.602 and 0.934", () => {
    const value = (feature: string): number =>
      record.alarms.find((each) => each.name === `credit-risk-drift-${feature}`)?.value ?? 0;
    // The correction for small samples takes 1.8 / sqrt(rows): 0.18 of this window's 100 rows, 0.06 of T1's 978.
    expect(value('FLAG_OWN_CAR')).toBeGreaterThan(0.45);
    expect(value('AMT_ANNUITY')).toBeGreaterThan(0.75);
  });

  test('somebody was notified of the drift, and the retraining decision says why', () => {
    expect(record.notifications.some((each) => /FLAG_OWN_CAR/.test(each.body))).toBe(true);
    expect(record.retrain_decision?.reason).toContain('credit-risk-drift');
  });

  test('version 2 learnt from the base data and from the rows of production whose labels had come', () => {
    expect(record.stages.find((each) => each.name === 'an ordinary hour')?.detail).toContain('500 labels');
    expect(record.learnt_rows?.raw).toBe(30_000);
    expect([500, 600]).toContain(record.learnt_rows?.labelled);
  });

  test('two versions were registered and version 2 answers, differently for different applications', () => {
    expect(record.model_packages.map((each) => [each.version, each.approval])).toEqual([
      [1, 'Approved'],
      [2, 'Approved'],
    ]);
    expect(record.endpoint).toMatchObject({ status: 'InService', version: 2 });
    const [first, second] = record.predictions;
    expect(first?.version).toBe(2);
    expect(first?.answer).not.toBe(second?.answer);
  });

  test('the report opens offline and shows both versions', () => {
    const file = join(place.folder, 'report/index.html');
    expect(existsSync(file)).toBe(true);
    const html = readFileSync(file, 'utf8');
    expect(html).not.toMatch(/(src|href)="https?:/);
    expect(html).toContain('v2 (Approved)');
    expect(html.match(/<svg/g)?.length).toBeGreaterThanOrEqual(5);
  });

  test('status tells the same story from the state on disk', async () => {
    const status = await place.json<AccountStatus>('status', 'credit-risk');
    expect(status.useCases[0]?.endpoints).toMatchObject([
      { name: 'credit-risk-endpoint', status: 'InService', version: 2 },
    ]);
  });

  test.each([
    ['--errors', ['errors', 'model-errors', 'outage'], 20],
    ['--slow', ['latency'], 0],
  ])(
    'traffic %s rings the alarms of the endpoint that are about it, and no other',
    async (option, ends, failed) => {
      type Alarms = { failed: number; alarms: { name: string }[] };
      const traffic = await place.json<Alarms>('traffic', 'credit-risk', '--rows', '20', option);
      expect(traffic.failed).toBe(failed);
      expect(traffic.alarms.map((each) => each.name)).toEqual(ends.map((end) => `credit-risk-endpoint-${end}`));
      // Ten quiet minutes end them.
      await place.mooring('clock', 'advance', '15m');
    },
    2 * minutes,
  );

  test(
    'a fairness bound that the data breaks ends the run before training, with metric, value and bound',
    async () => {
      const run = await place.mooring('run', 'credit-risk', '--set', 'fairness.before_training.max=0.01', '--json');
      const outcome = JSON.parse(run.out) as {
        status: string;
        steps: { name: string; status: string; reason?: string }[];
      };
      expect(run.code).toBe(1);
      expect(outcome.status).toBe('Failed');
      expect(outcome.steps.find((each) => each.status === 'Failed')?.reason).toMatch(/DPL.*0\.03.*0\.01/);
      expect(outcome.steps.map((each) => each.name)).not.toContain('Train');
    },
    2 * minutes,
  );

  test(
    'a quality bound that the model misses ends the run after evaluation and registers nothing',
    async () => {
      const run = await place.mooring('run', 'credit-risk', '--set', 'gates.quality.bound=0.99', '--json');
      const outcome = JSON.parse(run.out) as {
        status: string;
        steps: { name: string; status: string; reason?: string }[];
      };
      expect(run.code).toBe(1);
      expect(outcome.steps.find((each) => each.status === 'Failed')?.reason).toMatch(/auc.*0\.7.*0\.99/);
      const status = await place.json<AccountStatus>('status', 'credit-risk');
      expect(status.useCases[0]?.packages.map((each) => each.version)).toEqual([2, 1]);
    },
    2 * minutes,
  );
});
