import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../src/errors';
import { loadUseCase, loadUseCases } from '../src/load-use-case';
import { useCaseJsonSchema } from '../src/use-case-problems';

const valid = `
name: tiny
title: Tiny
purpose: Shows the smallest use case.
task: binary
dataset:
  columns:
    - { name: age, type: integer }
    - { name: sex, type: category }
    - { name: good, type: integer }
  label: good
  positive: 1
gates:
  quality: { metric: auc, bound: 0.7 }
`;

describe('a folder with a use case', () => {
  let root: string;
  const write = (name: string, yaml: string): string => {
    const folder = join(root, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'use-case.yaml'), yaml);
    return folder;
  };
  const problemsOf = (yaml: string): readonly string[] => {
    try {
      loadUseCase(write(`case-${Math.abs(hash(yaml))}`, yaml));
      return [];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error.problems;
    }
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'mooring-use-case-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('is read with its defaults filled in', () => {
    const useCase = loadUseCase(write('tiny', valid));
    expect(useCase.split).toEqual({ method: 'random', test_size: 0.2, seed: 42 });
    expect(useCase.training.instance).toBe('ml.m5.large');
    expect(useCase.stages.production.shift).toEqual({ type: 'all-at-once', bake: '5m' });
  });

  test('has a detector and its own threshold for each monitored feature', () => {
    const features =
      '[{ name: age }, { name: sex, detector: psi }, { name: pay, detector: ks }, { name: debt, detector: ks, threshold: 0.01 }]';
    const columns = '- { name: pay, type: number }\n    - { name: debt, type: number }\n    - { name: good';
    const yaml = valid
      .replace('- { name: good', columns)
      .replace('gates:', `monitoring: { features: ${features} }\ngates:`);
    expect(loadUseCase(write('tiny', yaml)).monitoring.features).toEqual([
      { name: 'age', detector: 'robust', threshold: 0.1 },
      { name: 'sex', detector: 'psi', threshold: 0.2 },
      { name: 'pay', detector: 'ks', threshold: 0.05 },
      { name: 'debt', detector: 'ks', threshold: 0.01 },
    ]);
  });

  test('lists five mistakes at once, each with line, path, value and what is allowed', () => {
    const yaml = valid
      .replace('task: binary', 'task: binry')
      .replace('label: good', 'label: goood')
      .replace('bound: 0.7', 'bound: high')
      .replace('gates:', 'training: { instnace: ml.m5.large }\nmonitoring: { every: hourly }\ngates:');
    expect(problemsOf(yaml)).toEqual([
      'task (line 5): "binry" is not allowed; allowed: binary, multiclass, regression, forecast',
      'gates.quality.bound (line 16): "high" is not allowed; allowed: a number',
      'training.instnace (line 13): is not known here; allowed: framework, image, instance, processing_instance, hyperparameters, validation_size, tuning',
      'monitoring.every (line 14): "hourly" is not allowed; allowed: a number and a unit: 15m, 1h, 2d',
      "dataset.label (line 11): no column 'goood' in dataset.columns; there are: age, sex, good",
    ]);
  });

  test('names a missing key and its place', () => {
    expect(problemsOf(valid.replace('  label: good\n', ''))).toEqual([
      'dataset.label (line 7): is missing; allowed: a string',
    ]);
  });

  test('never shows the address of a webhook, wherever it was put', () => {
    const secret = 'https://hooks.slack.com/services/T1/B2/s';
    const shown = '"https://..." is not allowed; allowed';
    for (const [place, problem] of [
      [`chats: ['${secret}']`, `notifications.chats[0] (line 15): ${shown}: a section with keys`],
      [`chats: ${secret}`, `notifications.chats (line 15): ${shown}: a list`],
      [
        `chats: [{ type: slack, parameter: '${secret}' }]`,
        'notifications.chats[0].parameter (line 15): the address of',
      ],
      [`emails: ['${secret}']`, `notifications.emails[0] (line 15): ${shown}: a valid email`],
      [`webhooks: ['${secret}']`, 'notifications.webhooks[0] (line 15): the webhook of a chat is a secret'],
    ] as const) {
      const found = problemsOf(`${valid}notifications: { ${place} }`);
      expect(found[0]).toContain(problem);
      expect(found.join()).not.toContain('T1/B2');
    }
  });

  test('names every key that is allowed inside a choice', () => {
    expect(problemsOf(`${valid}stages: { production: { shift: { type: canary, percent: 80 }, count: 1 } }`)).toEqual([
      'stages.production.shift.percent (line 15): 80 is not allowed; allowed: at most 50',
      'stages.production.count (line 15): canary needs at least 2 instances, so that a share of the fleet can take traffic',
    ]);
  });

  test.each([
    [
      'a metric of another kind of task',
      ['metric: auc', 'metric: rmse'],
      "gates.quality.metric (line 14): 'rmse' does not suit a binary task; allowed: accuracy, precision, recall, f1, auc",
    ],
    [
      'a binary task without a positive value',
      ['  positive: 1\n', ''],
      'dataset.positive (line 7): a binary task needs the label value that counts as 1',
    ],
    [
      'a facet that is no column',
      ['gates:', 'fairness: { facets: [{ name: race, disadvantaged: x }] }\ngates:'],
      "fairness.facets[0].name (line 13): no column 'race' in dataset.columns; there are: age, sex, good",
    ],
    [
      'a facet without a group',
      ['gates:', 'fairness: { facets: [{ name: sex }] }\ngates:'],
      'fairness.facets[0] (line 13): give either the disadvantaged value or a threshold',
    ],
    [
      'the label as a monitored feature',
      ['gates:', 'monitoring: { features: [{ name: good }] }\ngates:'],
      "monitoring.features[0].name (line 13): 'good' is not a feature; there are: age, sex",
    ],
    [
      'a detector for another type of feature',
      ['gates:', 'monitoring: { features: [{ name: sex, detector: ks }] }\ngates:'],
      "monitoring.features[0].detector (line 13): 'ks' is not for a category feature; allowed: linf, linf_simple, chi2_distance, psi, js, chi2, classifier",
    ],
    [
      'a p-value that is always drift',
      ['gates:', 'monitoring: { features: [{ name: age, detector: ks, threshold: 1 }] }\ngates:'],
      "monitoring.features[0].threshold (line 13): 'ks' is a p-value; allowed: more than 0 and less than 1",
    ],
    [
      'a detector that the native engine does not have',
      ['gates:', 'monitoring: { engine: model-monitor, features: [{ name: age, detector: psi }] }\ngates:'],
      "monitoring.features[0].detector (line 13): engine model-monitor compares with 'robust'; leave the detector out or choose engine open",
    ],
    [
      'a monitored text',
      ['type: category', 'type: text'],
      "monitoring.features[0].name (line 13): 'sex' is a text; drift is judged of numbers and categories",
    ],
    [
      'a column with the name of an answer',
      ['name: sex', 'name: score'],
      "dataset.columns[1].name (line 9): 'score' is what the model's answers are called; rename the column",
    ],
    [
      'a detector for another type of answer',
      ['gates:', 'monitoring: { features: [{ name: prediction, detector: ks }] }\ngates:'],
      "monitoring.features[0].detector (line 13): 'ks' is not for a category feature; allowed: linf, linf_simple, chi2_distance, psi, js, chi2",
    ],
    [
      'a threshold that no drift can pass',
      ['gates:', 'monitoring: { features: [{ name: age, threshold: 5 }] }\ngates:'],
      "monitoring.features[0].threshold (line 13): 5 is not allowed; allowed: less than 1, because 'robust' is never above 1 and the alarm would never fire",
    ],
    [
      'a bound in percent',
      ['bound: 0.7', 'bound: 70'],
      'gates.quality.bound (line 14): 70 is not allowed; allowed: 0 to 1, because auc is a share',
    ],
    [
      'a smallest value above the largest',
      ['- { name: age, type: integer', '- { name: age, max: 18, min: 70, type: integer'],
      'dataset.columns[0].max (line 8): must not be below min (70)',
    ],
    [
      'categories of a number',
      ['- { name: age, type: integer', '- { name: age, categories: [1, 2], type: integer'],
      'dataset.columns[0].categories (line 8): a column of type integer has none; leave them out, or write type: category',
    ],
    [
      'bounds of a category',
      ['type: category', 'type: category, min: 1'],
      'dataset.columns[1].min (line 9): a column of type category has no bounds; leave it out, or use integer or number',
    ],
    [
      'a category listed twice',
      ['type: category', 'type: category, categories: [F, M, F]'],
      "dataset.columns[1].categories (line 9): 'F' is listed twice",
    ],
    [
      'data on somebody’s disk',
      ['  label: good', '  label: good\n  location: data.csv'],
      'dataset.location (line 12): "data.csv" is not allowed; allowed: an s3:// prefix (a file of this machine: mooring run --data FILE)',
    ],
    [
      'a time that is none',
      ['  label: good', '  label: good\n  time: age'],
      "dataset.time (line 12): column 'age' is of type integer; allowed: timestamp",
    ],
    [
      'a version without quotes',
      ['task: binary', 'version: 1.0\ntask: binary'],
      'version (line 5): 1 is not allowed; allowed: a string; YAML reads this as a number, write it in quotes',
    ],
    [
      'a column listed twice',
      ['name: sex', 'name: age'],
      "dataset.columns[1].name (line 9): column 'age' is listed twice",
    ],
    [
      'a wait longer than the service allows',
      ['gates:', 'stages: { production: { shift: { type: all-at-once, bake: 2h } } }\ngates:'],
      'stages.production.shift.bake (line 13): a wait may last 1h at most',
    ],
    [
      'autoscaling of a burstable instance',
      ['gates:', 'stages: { production: { instance: ml.t2.medium, autoscaling: { min: 1, max: 2 } } }\ngates:'],
      'stages.production.instance (line 13): burstable instances (ml.t*) cannot be scaled automatically; choose another family or leave autoscaling out',
    ],
  ])('refuses %s', (_what, [from, to], problem) => {
    const watched = valid.replace('gates:', 'monitoring: { features: [{ name: sex }] }\ngates:');
    expect(problemsOf((to === 'type: text' ? watched : valid).replace(from ?? '', to ?? ''))).toEqual([problem]);
  });

  test('reports a syntax error with its line', () => {
    expect(problemsOf(`${valid}\n  bad: [1,\n`).join()).toMatch(/^line \d+: /);
    expect(problemsOf(`${valid}\tsplit: {}\n`)).toEqual([
      'line 15: Tabs are not allowed as indentation: "\\tsplit: {}"',
    ]);
  });

  test('says that a file is empty', () => {
    expect(problemsOf('').join()).toMatch(/^the document: is empty; allowed: a section with keys; copy one of /);
  });

  test('holds values against the categories of their column', () => {
    const yaml = valid
      .replace('type: category', 'type: category, categories: [F, M]')
      .replace('gates:', 'fairness: { facets: [{ name: sex, disadvantaged: W }] }\ngates:');
    expect(problemsOf(yaml)).toEqual([
      "fairness.facets[0].disadvantaged (line 13): 'W' is no category of 'sex'; there are: F, M",
    ]);
  });

  test('says what is missing when there is no file', () => {
    expect(() => loadUseCase(join(root, 'nothing'))).toThrow(/there is no .*nothing\/use-case.yaml/);
  });

  test('must carry the name of its folder', () => {
    write('other', valid);
    expect(() => loadUseCases(root)).toThrow("name is 'tiny' but the folder is 'other'");
  });

  test('is found among folders that are no use cases, and can be asked for by name', () => {
    write('tiny', valid);
    write('small', valid.replace('name: tiny', 'name: small'));
    mkdirSync(join(root, 'dsl'));
    expect(loadUseCases(root).map((each) => each.useCase.name)).toEqual(['small', 'tiny']);
    expect(loadUseCases(root, ['tiny']).map((each) => each.useCase.name)).toEqual(['tiny']);
    expect(() => loadUseCases(root, ['big'])).toThrow("no use case 'big'; there are: small, tiny");
  });
});

test('the JSON schema for editors is up to date', () => {
  const stored = JSON.parse(readFileSync(join(__dirname, '../src/use-case.schema.json'), 'utf8')) as unknown;
  expect(stored).toEqual(useCaseJsonSchema());
});

function hash(text: string): number {
  return [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);
}
