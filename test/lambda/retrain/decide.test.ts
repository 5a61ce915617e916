import { decide } from '../../../lambda/retrain/decide';
import { requestOf } from '../../../lambda/retrain/request';
import type { Decision } from '../../../contracts/records/decision';
import { alarmEvent, endedEvent, requestEvent, RetrainFixture } from './retrain-fixture';

const deliver = (world: RetrainFixture, event: unknown): Promise<Decision | 'duplicate'> =>
  decide(world.context, requestOf(event));

const version = (time: string, arrivals: Record<string, number>): Record<string, unknown> => ({
  use_case: 'loans',
  window: { start: '2026-02-01T00:00:00Z', end: time },
  rows: { captured: 900, labelled: Object.values(arrivals).reduce((a, b) => a + b, 0), unlabelled: 0 },
  labels: {},
  arrivals,
  coverage: 1,
  sha256: '0',
});
const addVersion = (world: RetrainFixture, time: string, arrivals: Record<string, number>): void =>
  world.put('data', `loans/labelled/${time}/manifest.json`, version(time, arrivals));

const live = { version: 4, deployed_at: '2026-03-01T00:00:00Z', metadata: { config_hash: 'hash-1' } };

describe('an alarm', () => {
  test('that is delivered three times starts one execution and is one decision', async () => {
    const world = new RetrainFixture();
    world.alarm = { state: 'ALARM', since: '2026-03-10T12:00:00Z' };
    const event = alarmEvent('2026-03-10T12:00:00Z');
    await deliver(world, event);
    expect(await deliver(world, event)).toBe('duplicate');
    expect(await deliver(world, { ...event, id: 'another-delivery' })).toBe('duplicate');
    expect([world.executions.length, world.decisions().length, world.news.length]).toEqual([1, 1, 1]);
  });

  test('that fires again a day later is no duplicate', async () => {
    const world = new RetrainFixture();
    for (const time of ['2026-03-10T12:00:00Z', '2026-03-11T12:00:00Z']) {
      world.alarm = { state: 'ALARM', since: time };
      expect(await deliver(world, alarmEvent(time))).toMatchObject({ outcome: 'start' });
      for (const each of world.executions) each.status = 'Succeeded';
    }
    expect(world.executions).toHaveLength(2);
  });

  test('whose start was throttled is started by the next delivery, once', async () => {
    const world = new RetrainFixture();
    world.alarm = { state: 'ALARM', since: '2026-03-10T12:00:00Z' };
    world.failNextStart = true;
    const event = alarmEvent('2026-03-10T12:00:00Z');
    await expect(deliver(world, event)).rejects.toThrow('slow down');
    expect(await deliver(world, event)).toMatchObject({ outcome: 'start' });
    expect([world.executions.length, world.decisions().length]).toEqual([1, 1]);
  });

  test('that fires during a run is acted on when the run has ended', async () => {
    const world = new RetrainFixture({ cool_down: '1h' });
    await deliver(world, requestEvent('2026-03-10T09:00:00Z', 'manual'));
    world.alarm = { state: 'ALARM', since: '2026-03-10T10:10:00Z' };
    expect(await deliver(world, alarmEvent('2026-03-10T10:10:00Z'))).toMatchObject({ outcome: 'running' });
    const [first] = world.executions;
    if (first === undefined) throw new Error('nothing was started');
    first.status = 'Succeeded';
    expect(await deliver(world, endedEvent('2026-03-10T10:30:00Z', first.arn))).toMatchObject({
      outcome: 'start',
      reason: 'Retraining started because the execution e0 ended (Succeeded).',
    });
    expect(world.executions).toHaveLength(2);
  });

  test('and the second look at it start one execution, whichever comes first', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const world = new RetrainFixture();
      world.alarm = { state: 'ALARM', since: '2026-03-10T12:00:00Z' };
      const events = [alarmEvent('2026-03-10T12:00:00Z'), requestEvent('2026-03-10T12:00:00Z', 'reconcile')];
      for (const index of order) {
        await deliver(world, events[index]);
        for (const each of world.executions) each.status = 'Succeeded';
      }
      expect(world.executions).toHaveLength(1);
    }
  });

  test('that still fires after a useless retraining without new labels asks a person, once', async () => {
    const world = new RetrainFixture();
    world.alarm = { state: 'ALARM', since: '2026-03-10T12:00:00Z' };
    await deliver(world, alarmEvent('2026-03-10T12:00:00Z'));
    for (const each of world.executions) each.status = 'Succeeded';
    world.put('artifacts', 'loans/live/production/manifest.json', { ...live, deployed_at: '2026-03-10T12:30:00Z' });
    for (let day = 11; day <= 25; day += 1) {
      for (const hour of ['00', '06', '12', '18'])
        await deliver(world, requestEvent(`2026-03-${day}T${hour}:00:00Z`, 'reconcile'));
    }
    expect(world.executions).toHaveLength(1);
    expect(world.news.map((each) => each.subject)).toEqual([
      '[loans] retraining started (drift)',
      '[loans] retraining does not help: a person should look',
    ]);
  });
});

describe('labelled rows', () => {
  test('of the newest version are given to the pipeline', async () => {
    const world = new RetrainFixture();
    addVersion(world, '2026-03-09T00:00:00Z', { '2026-03-08T10:00:00Z': 10 });
    addVersion(world, '2026-03-10T00:00:00Z', { '2026-03-08T10:00:00Z': 10, '2026-03-09T10:00:00Z': 5 });
    await deliver(world, requestEvent('2026-03-10T12:00:00Z', 'manual'));
    expect(world.executions[0]?.parameters['LabelledDataUri']).toBe(
      's3://data/loans/labelled/2026-03-10T00:00:00Z/rows/',
    );
  });

  test('are not given when only the base data is trained on', async () => {
    const world = new RetrainFixture({ data: 'base' });
    addVersion(world, '2026-03-09T00:00:00Z', { '2026-03-08T10:00:00Z': 10 });
    await deliver(world, requestEvent('2026-03-10T12:00:00Z', 'manual'));
    expect(world.executions[0]?.parameters).not.toHaveProperty('LabelledDataUri');
  });

  test('count as new when the last retraining did not see them', async () => {
    const world = new RetrainFixture({ min_new_labels: 20, cool_down: '1h' });
    addVersion(world, '2026-03-10T10:30:00Z', { '2026-03-09T10:00:00Z': 30, '2026-03-10T10:00:00Z': 4 });
    await deliver(world, requestEvent('2026-03-10T12:00:00Z', 'manual'));
    for (const each of world.executions) each.status = 'Succeeded';
    addVersion(world, '2026-03-11T10:30:00Z', {
      '2026-03-09T10:00:00Z': 30,
      '2026-03-10T10:00:00Z': 9,
      '2026-03-11T08:00:00Z': 14,
    });
    expect(await deliver(world, requestEvent('2026-03-11T12:00:00Z', 'schedule'))).toMatchObject({
      outcome: 'labels',
      reason: expect.stringContaining('19 new labelled rows') as string,
    });
  });
});

describe('the envelope', () => {
  const approval = async (world: RetrainFixture): Promise<string | undefined> => {
    await deliver(world, requestEvent('2026-03-10T12:00:00Z', 'manual'));
    return world.executions[0]?.parameters['ApprovalStatus'];
  };

  test('lets a retraining with the settings of the live model be promoted without a person', async () => {
    const world = new RetrainFixture({ envelope: { hyperparameters: { max_depth: [2, 6] } } });
    world.put('artifacts', 'loans/live/production/manifest.json', live);
    expect(await approval(world)).toBeUndefined();
  });

  test('asks for a person when a hyper-parameter leaves its range', async () => {
    const world = new RetrainFixture({ envelope: { hyperparameters: { max_depth: [4, 6] } } });
    world.put('artifacts', 'loans/live/production/manifest.json', live);
    expect(await approval(world)).toBe('PendingManualApproval');
    expect(world.decisions()[0]?.reason).toContain('max_depth is 3, the envelope allows 4 to 6; a person must approve');
  });

  test('asks for a person when the settings changed since the live model was made', async () => {
    const world = new RetrainFixture();
    world.put('artifacts', 'loans/live/production/manifest.json', { ...live, metadata: { config_hash: 'hash-0' } });
    expect(await approval(world)).toBe('PendingManualApproval');
    expect(world.decisions()[0]?.reason).toContain('the settings of the use case changed since version 4 was made');
  });
});

describe('every decision', () => {
  test('tells who asked, what was looked at and what came of it', async () => {
    const world = new RetrainFixture();
    await deliver(world, requestEvent('2026-03-10T12:00:00Z', 'manual'));
    expect(world.decisions()[0]).toMatchObject({
      time: '2026-03-10T12:00:00.000Z',
      trigger: 'manual',
      outcome: 'start',
      reason: 'Retraining started because it was asked for by maria.',
      facts: { running: [], starts: [], newLabels: 0 },
    });
  });
});
