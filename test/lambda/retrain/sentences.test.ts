import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type Guard, guards } from '../../../contracts/records/decision';
import type { RetrainSettings } from '../../../contracts/function-settings';
import { type Facts, judge } from '../../../lambda/retrain/guards';
import { decisionTable } from '../../../cli/watch/decisions';
import { settings } from './retrain-fixture';

/** An alarm fired, and nothing stands in the way. */
const clear: Facts = {
  now: '2026-03-10T12:00:00Z',
  trigger: 'drift',
  because: 'the alarm loans-drift fired',
  running: [],
  starts: [],
  alarm: { state: 'ALARM', since: '2026-03-10T12:00:00Z' },
  labelledRows: 500,
  newLabels: 150,
};
const useless = {
  trigger: 'reconcile',
  alarm: { state: 'ALARM', since: '2026-03-10T01:00:00Z' },
  starts: ['2026-03-10T02:00:00Z'],
  deployedAt: '2026-03-10T02:30:00Z',
} as const;

/** What makes each guard object, and what it has to tell beside its name: the very things that it judged by. */
const held: Readonly<
  Record<Guard, { facts?: Partial<Facts>; rules?: Partial<RetrainSettings['retraining']>; tells: readonly string[] }>
> = {
  'trigger-off': { rules: { on_drift: false }, tells: ['retraining.on_drift is false'] },
  quiet: { facts: { trigger: 'reconcile', alarm: undefined }, tells: ['No alarm is firing'] },
  running: { facts: { running: ['e7'] }, tells: ['e7 is running', 'looked at again when it ends'] },
  'cool-down': {
    facts: { starts: ['2026-03-10T11:00:00Z'], alarm: undefined },
    tells: ['2026-03-10T11:00:00Z', '6h', '2026-03-10T17:00:00.000Z'],
  },
  budget: {
    facts: { trigger: 'manual', starts: ['2026-03-10T01:00:00Z', '2026-03-10T03:00:00Z', '2026-03-10T05:00:00Z'] },
    tells: ['3 retrainings in the last 24 hours', 'allowed are 3'],
  },
  labels: { facts: { newLabels: 3 }, rules: { min_new_labels: 50 }, tells: ['3 new labelled rows', 'at least 50'] },
  'stale-data': {
    facts: { newestData: '2026-01-01T00:00:00Z' },
    rules: { envelope: { hyperparameters: {}, max_data_age: '30d' } },
    tells: ['2026-01-01T00:00:00Z', '30d'],
  },
  'back-off': { facts: useless, tells: ['did not end it', 'the next attempt may start at 2026-03-10T14:00:00.000Z'] },
  'no-help': {
    facts: { ...useless, labelledRows: 0, newLabels: 0 },
    tells: ['did not end it', 'A person should look'],
  },
};

describe.each(guards)('guard %s', (guard) => {
  const { facts = {}, rules = {}, tells } = held[guard];
  const changed = { ...settings, retraining: { ...settings.retraining, ...rules } };
  const verdict = judge({ ...clear, ...facts }, changed);

  test('objects, and would not have without its reason', () => {
    expect(verdict.outcome).toBe(guard);
    expect(judge(clear, settings).outcome).toBe('start');
  });

  test('is explained by mooring decisions in a sentence that has what it judged by', () => {
    const shown = stripVTControlCharacters(
      decisionTable([{ time: clear.now, trigger: clear.trigger, outcome: verdict.outcome, reason: verdict.reason }]),
    );
    expect(verdict.reason).toMatch(/^[A-Z].+\.$/);
    expect(shown).toContain(`2026-03-10T12:00:00Z  drift    ${guard}`);
    for (const each of ['2026-03-10T12:00:00Z', verdict.reason, ...tells]) expect(shown).toContain(each);
  });

  test('has its line in the runbook, unless it makes no decision', () => {
    const page = readFileSync(join(__dirname, '../../../docs/operating.md'), 'utf8');
    expect(page.includes(`\n| ${guard} | `)).toBe(guard !== 'quiet');
  });
});

test('where nothing was decided mooring decisions says so', () => {
  expect(decisionTable([])).toBe('no decision yet');
});
