import type { RetrainSettings } from '../../../contracts/function-settings';
import { type Facts, judge } from '../../../lambda/retrain/guards';

const settings: RetrainSettings = {
  retraining: {
    on_drift: true,
    on_new_data: false,
    cool_down: '6h',
    max_per_day: 3,
    min_new_labels: 100,
    data: 'base+window',
    window: '30d',
    envelope: { hyperparameters: {}, max_data_age: '30d' },
  },
  hyperparameters: {},
  approval: 'auto',
  every: '1h',
  label: 'repaid',
  champion: false,
  settles: 7_200,
};

/** An alarm fired at noon; nothing was retrained before; labels and data are fresh. */
const alarmRang: Facts = {
  now: '2026-03-10T12:00:00Z',
  trigger: 'drift',
  because: 'the alarm loans-drift fired',
  running: [],
  starts: [],
  alarm: { state: 'ALARM', since: '2026-03-10T12:00:00.250Z' },
  labelledRows: 500,
  newLabels: 150,
  newestData: '2026-03-01T00:00:00Z',
};

/** The alarm of the morning led to a retraining at 06:00, whose model came into service at 06:30 and did not end it. */
const uselessRetraining: Facts = {
  ...alarmRang,
  trigger: 'reconcile',
  because: 'alarms were looked at again',
  now: '2026-03-10T20:00:00Z',
  alarm: { state: 'ALARM', since: '2026-03-10T05:55:00Z' },
  starts: ['2026-03-10T06:00:00Z'],
  deployedAt: '2026-03-10T06:30:00Z',
};

const outcome = (facts: Partial<Facts>, retraining: Partial<RetrainSettings['retraining']> = {}, base = alarmRang) =>
  judge({ ...base, ...facts }, { ...settings, retraining: { ...settings.retraining, ...retraining } });

describe('an alarm with nothing in its way', () => {
  test('starts a retraining and says why', () => {
    expect(outcome({})).toEqual({
      outcome: 'start',
      reason: 'Retraining started because the alarm loans-drift fired.',
    });
  });
});

describe('guard trigger-off', () => {
  test('blocks drift when retraining.on_drift is false', () => {
    expect(outcome({}, { on_drift: false }).outcome).toBe('trigger-off');
  });
  test('lets the schedule pass all the same', () => {
    expect(outcome({ trigger: 'schedule' }, { on_drift: false }).outcome).toBe('start');
  });
});

describe('guard running', () => {
  test('blocks while an execution runs and names it', () => {
    expect(outcome({ running: ['abc123'] })).toEqual({
      outcome: 'running',
      reason:
        'Not started although the alarm loans-drift fired: abc123 is running; alarms are looked at again when it ends.',
    });
  });
  test('lets pass when the execution has ended: the second look acts on the alarm that fired meanwhile', () => {
    const ended = { trigger: 'reconcile', because: 'the execution abc123 ended (Succeeded)' } as const;
    expect(outcome({ ...ended, alarm: { state: 'ALARM', since: '2026-03-10T11:00:00Z' } }).outcome).toBe('start');
  });
});

describe('guard cool-down', () => {
  test('blocks six hours after a start and says until when', () => {
    expect(outcome({ starts: ['2026-03-10T06:00:01Z'], alarm: undefined })).toEqual({
      outcome: 'cool-down',
      reason:
        'Not started: the last retraining was at 2026-03-10T06:00:01Z; the cool-down of 6h ends at 2026-03-10T12:00:01.000Z.',
    });
  });
  test('lets pass when the six hours are over', () => {
    expect(outcome({ starts: ['2026-03-10T06:00:00Z'], alarm: undefined }).outcome).toBe('start');
  });
  test('does not hold up a person', () => {
    expect(outcome({ trigger: 'manual', starts: ['2026-03-10T11:59:00Z'] }).outcome).toBe('start');
  });
});

describe('guard budget', () => {
  const three = ['2026-03-09T12:00:01Z', '2026-03-09T18:00:01Z', '2026-03-10T00:00:01Z'];
  test('blocks the fourth retraining within 24 hours', () => {
    expect(outcome({ trigger: 'manual', starts: three })).toEqual({
      outcome: 'budget',
      reason: 'Not started: 3 retrainings in the last 24 hours, allowed are 3.',
    });
  });
  test('lets pass when the first of them is 24 hours old', () => {
    expect(outcome({ trigger: 'manual', starts: ['2026-03-09T12:00:00Z', ...three.slice(1)] }).outcome).toBe('start');
  });
});

describe('guard labels', () => {
  test('blocks with one new label too few', () => {
    expect(outcome({ newLabels: 99 })).toMatchObject({
      outcome: 'labels',
      reason: expect.stringContaining('99 new labelled rows, wanted are at least 100') as string,
    });
  });
  test('lets pass with just enough', () => {
    expect(outcome({ newLabels: 100 }).outcome).toBe('start');
  });
  test('blocks when only labelled rows are trained on and there are none', () => {
    expect(outcome({ labelledRows: 0, newLabels: 0 }, { data: 'window', min_new_labels: 0 }).outcome).toBe('labels');
  });
});

describe('guard stale-data', () => {
  test('blocks when the newest data is older than the envelope allows', () => {
    expect(outcome({ newestData: '2026-02-08T11:59:59Z' }).outcome).toBe('stale-data');
  });
  test('lets pass at the age that is just allowed', () => {
    expect(outcome({ newestData: '2026-02-08T12:00:00Z' }).outcome).toBe('start');
  });
});

describe('guard quiet', () => {
  const look = { trigger: 'reconcile', because: 'alarms were looked at again' } as const;
  test('blocks a second look when nothing is firing', () => {
    expect(outcome({ ...look, alarm: { state: 'OK', since: '2026-03-10T11:00:00Z' } }).outcome).toBe('quiet');
  });
  test('blocks a second look while the new model cannot be judged yet', () => {
    const early = { now: '2026-03-10T08:29:59Z' };
    expect(outcome(early, {}, uselessRetraining).outcome).toBe('quiet');
  });
  test('lets pass an alarm that nobody acted on', () => {
    expect(outcome(look).outcome).toBe('start');
  });
});

describe('guards back-off and no-help: the alarm still fires after a retraining', () => {
  test('the next attempt waits twice the cool-down', () => {
    expect(outcome({ now: '2026-03-10T17:59:59Z' }, {}, uselessRetraining)).toEqual({
      outcome: 'back-off',
      reason:
        'Not started: the alarm has been firing since 2026-03-10T05:55:00Z, and the model trained at 2026-03-10T06:00:00Z did not end it; the next attempt may start at 2026-03-10T18:00:00.000Z.',
    });
  });
  test('then it starts, because there is something new to learn from', () => {
    expect(outcome({ now: '2026-03-10T18:00:00Z' }, {}, uselessRetraining).outcome).toBe('start');
  });
  test('where no row has a label a person is asked at once', () => {
    expect(outcome({ labelledRows: 0, newLabels: 0 }, { min_new_labels: 0 }, uselessRetraining)).toMatchObject({
      outcome: 'no-help',
      reason: expect.stringContaining('there are no new labelled rows to learn from. A person should look.') as string,
    });
  });
  test('where labels come, new ones are waited for a day longer, then a person is asked', () => {
    const none = (now: string) => outcome({ newLabels: 0, now }, { min_new_labels: 0 }, uselessRetraining).outcome;
    expect([none('2026-03-11T17:59:59Z'), none('2026-03-11T18:00:00Z')]).toEqual(['back-off', 'no-help']);
  });
  test('after three attempts a person is asked, however long it goes on', () => {
    const starts = ['2026-03-10T06:00:00Z', '2026-03-11T00:00:00Z', '2026-03-12T06:00:00Z'];
    const later = { starts, deployedAt: '2026-03-12T06:30:00Z', now: '2026-04-20T00:00:00Z', newestData: undefined };
    expect(outcome(later, {}, uselessRetraining)).toMatchObject({
      outcome: 'no-help',
      reason: expect.stringContaining('attempt 3 of 3') as string,
    });
  });
  test('a retraining that failed backs off as well', () => {
    const failed = { lastFailed: true, deployedAt: undefined, now: '2026-03-10T14:00:00Z' };
    expect(outcome(failed, {}, uselessRetraining).outcome).toBe('back-off');
  });
});
