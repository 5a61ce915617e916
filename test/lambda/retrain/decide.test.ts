import { decide } from '../../../lambda/retrain/decide';
import { requestOf } from '../../../lambda/retrain/request';
import type { Decision } from '../../../contracts/records/decision';
import { alarmEvent, endedEvent, requestEvent, RetrainFixture } from './retrain-fixture';

const deliver = (fixture: RetrainFixture, event: unknown): Promise<Decision | 'duplicate'> =>
  decide(fixture.context, requestOf(event));

const version = (time: string, arrivals: Record<string, number>): Record<string, unknown> => ({
  use_case: 'loans',
  window: { start: '2026-02-01T00:00:00Z', end: time },
  rows: { captured: 900, labelled: Object.values(arrivals).reduce((a, b) => a + b, 0), unlabelled: 0 },
  labels: {},
  arrivals,
  coverage: 1,
  sha256: '0',
});
const addVersion = (fixture: RetrainFixture, time: string, arrivals: Record<string, number>): void =>
  fixture.put('data', `loans/labelled/${time}/manifest.json`, version(time, arrivals));

const live = { version: 4, deployed_at: '2026-03-01T00:00:00Z', metadata: { config_hash: 'hash-1' } };

describe('an alarm', () => {
  test('that is delivered three times starts one execution and is one decision', async () => {
    const fixture = new RetrainFixture();
    fixture.alarm = { state: 'ALARM', since: '2026-03-10T12:00:00Z' };
    const event = alarmEvent('2026-03-10T12:00:00Z');
    await deliver(fixture, event);
    expect(await deliver(fixture, event)).toBe('duplicate');
    expect(await deliver(fixture, { ...event, id: 'another-delivery' })).toBe('duplicate');
    expect([fixture.executions.length, fixture.decisions().length, fixture.news.length]).toEqual([1, 1, 1]);
  });

  test('that rings again a day later is no duplicate', async () => {
    const fixture = new RetrainFixture();
    for (const time of ['2026-03-10T12:00:00Z', '2026-03-11T12:00:00Z']) {
      fixture.alarm = { state: 'ALARM', since: time };
      expect(await deliver(fixture, alarmEvent(time))).toMatchObject({ outcome: 'start' });
      for (const each of fixture.executions) each.status = 'Succeeded';
    }
    expect(fixture.executions).toHaveLength(2);
  });

  test('whose start was throttled is started by the next delivery, once', async () => {
    const fixture = new RetrainFixture();
    fixture.alarm = { state: 'ALARM', since: '2026-03-10T12:00:00Z' };
    fixture.failNextStart = true;
    const event = alarmEvent('2026-03-10T12:00:00Z');
    await expect(deliver(fixture, event)).rejects.toThrow('slow down');
    expect(await deliver(fixture, event)).toMatchObject({ outcome: 'start' });
    expect([fixture.executions.length, fixture.decisions().length]).toEqual([1, 1]);
  });

  test('that fires during a run is acted on when the run has ended', async () => {
    const fixture = new RetrainFixture({ cool_down: '1h' });
    await deliver(fixture, requestEvent('2026-03-10T09:00:00Z', 'manual'));
    fixture.alarm = { state: 'ALARM', since: '2026-03-10T10:10:00Z' };
    expect(await deliver(fixture, alarmEvent('2026-03-10T10:10:00Z'))).toMatchObject({ outcome: 'running' });
    const [first] = fixture.executions;
    if (first === undefined) throw new Error('nothing was started');
    first.status = 'Succeeded';
    expect(await deliver(fixture, endedEvent('2026-03-10T10:30:00Z', first.arn))).toMatchObject({
      outcome: 'start',
      reason: 'Retraining started because the execution e0 ended (Succeeded).',
    });
    expect(fixture.executions).toHaveLength(2);
  });

  test('and the second look at it start one execution, whichever comes first', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const fixture = new RetrainFixture();
      fixture.alarm = { state: 'ALARM', since: '2026-03-10T12:00:00Z' };
      const events = [alarmEvent('2026-03-10T12:00:00Z'), requestEvent('2026-03-10T12:00:00Z', 'reconcile')];
      for (const index of order) {
        await deliver(fixture, events[index]);
        for (const each of fixture.executions) each.status = 'Succeeded';
      }
      expect(fixture.executions).toHaveLength(1);
    }
  });

  test('that still fires after a useless retraining without new labels asks a person, once', async () => {
    const fixture = new RetrainFixture();
    fixture.alarm = { state: 'ALARM', since: '2026-03-10T12:00:00Z' };
    await deliver(fixture, alarmEvent('2026-03-10T12:00:00Z'));
    for (const each of fixture.executions) each.status = 'Succeeded';
    fixture.put('artifacts', 'loans/live/production/manifest.json', { ...live, deployed_at: '2026-03-10T12:30:00Z' });
    for (let day = 11; day <= 25; day += 1) {
      for (const hour of ['00', '06', '12', '18'])
        await deliver(fixture, requestEvent(`2026-03-${day}T${hour}:00:00Z`, 'reconcile'));
    }
    expect(fixture.executions).toHaveLength(1);
    expect(fixture.news.map((each) => each.subject)).toEqual([
      '[loans] retraining started (drift)',
      '[loans] retraining does not help: a person should look',
    ]);
  });
});

describe('labelled rows', () => {
  test('of the newest version are given to the pipeline', async () => {
    const fixture = new RetrainFixture();
    addVersion(fixture, '2026-03-09T00:00:00Z', { '2026-03-08T10:00:00Z': 10 });
    addVersion(fixture, '2026-03-10T00:00:00Z', { '2026-03-08T10:00:00Z': 10, '2026-03-09T10:00:00Z': 5 });
    await deliver(fixture, requestEvent('2026-03-10T12:00:00Z', 'manual'));
    expect(fixture.executions[0]?.parameters['LabelledDataUri']).toBe(
      's3://data/loans/labelled/2026-03-10T00:00:00Z/rows/',
    );
  });

  test('are not given when only the base data is trained on', async () => {
    const fixture = new RetrainFixture({ data: 'base' });
    addVersion(fixture, '2026-03-09T00:00:00Z', { '2026-03-08T10:00:00Z': 10 });
    await deliver(fixture, requestEvent('2026-03-10T12:00:00Z', 'manual'));
    expect(fixture.executions[0]?.parameters).not.toHaveProperty('LabelledDataUri');
  });

  test('count as new when the last retraining did not see them', async () => {
    const fixture = new RetrainFixture({ min_new_labels: 20, cool_down: '1h' });
    addVersion(fixture, '2026-03-10T10:30:00Z', { '2026-03-09T10:00:00Z': 30, '2026-03-10T10:00:00Z': 4 });
    await deliver(fixture, requestEvent('2026-03-10T12:00:00Z', 'manual'));
    for (const each of fixture.executions) each.status = 'Succeeded';
    addVersion(fixture, '2026-03-11T10:30:00Z', {
      '2026-03-09T10:00:00Z': 30,
      '2026-03-10T10:00:00Z': 9,
      '2026-03-11T08:00:00Z': 14,
    });
    expect(await deliver(fixture, requestEvent('2026-03-11T12:00:00Z', 'schedule'))).toMatchObject({
      outcome: 'labels',
      reason: expect.stringContaining('19 new labelled rows') as string,
    });
  });
});

describe('the envelope', () => {
  const approval = async (fixture: RetrainFixture): Promise<string | undefined> => {
    await deliver(fixture, requestEvent('2026-03-10T12:00:00Z', 'manual'));
    return fixture.executions[0]?.parameters['ApprovalStatus'];
  };

  test('lets a retraining with the settings of the live model be promoted without a person', async () => {
    const fixture = new RetrainFixture({ envelope: { hyperparameters: { max_depth: [2, 6] } } });
    fixture.put('artifacts', 'loans/live/production/manifest.json', live);
    expect(await approval(fixture)).toBeUndefined();
  });

  test('asks for a person when a hyper-parameter leaves its range', async () => {
    const fixture = new RetrainFixture({ envelope: { hyperparameters: { max_depth: [4, 6] } } });
    fixture.put('artifacts', 'loans/live/production/manifest.json', live);
    expect(await approval(fixture)).toBe('PendingManualApproval');
    expect(fixture.decisions()[0]?.reason).toContain(
      'max_depth is 3, the envelope allows 4 to 6; a person must approve',
    );
  });

  test('asks for a person when the settings changed since the live model was made', async () => {
    const fixture = new RetrainFixture();
    fixture.put('artifacts', 'loans/live/production/manifest.json', { ...live, metadata: { config_hash: 'hash-0' } });
    expect(await approval(fixture)).toBe('PendingManualApproval');
    expect(fixture.decisions()[0]?.reason).toContain('the settings of the use case changed since version 4 was made');
  });
});

describe('every decision', () => {
  test('tells who asked, what was looked at and what came of it', async () => {
    const fixture = new RetrainFixture();
    await deliver(fixture, requestEvent('2026-03-10T12:00:00Z', 'manual'));
    expect(fixture.decisions()[0]).toMatchObject({
      time: '2026-03-10T12:00:00.000Z',
      trigger: 'manual',
      outcome: 'start',
      reason: 'Retraining started because it was asked for by maria.',
      facts: { running: [], starts: [], newLabels: 0 },
    });
  });
});
