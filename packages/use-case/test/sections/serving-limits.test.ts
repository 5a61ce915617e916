import { sectionProblems } from '../support/section-problems';

type Section = Readonly<Record<string, unknown>>;

/** Of a production stage. */
const problems = (production: Section, more: Section = {}): string[] =>
  sectionProblems({ stages: { production }, ...more });

const labelled = { labels: {} };
const ab = { type: 'ab', metric: 'accuracy' };

describe('limits of a traffic shift', () => {
  test('a canary takes half of the fleet at most', () => {
    expect(problems({ count: 2, shift: { type: 'canary', percent: 51 } })).toEqual([
      expect.stringMatching(/^stages\.production\.shift\.percent: .*50/),
    ]);
  });

  test.each([9, 51])('a linear step of %d %% is no step: 10 to 50 are', (percent) => {
    expect(problems({ count: 2, shift: { type: 'linear', percent } })).toEqual([
      expect.stringMatching(/^stages\.production\.shift\.percent: .*(10|50)/),
    ]);
  });

  test.each([4, 51])('a batch of %d %% is no batch: 5 to 50 are', (percent) => {
    expect(problems({ count: 4, shift: { type: 'rolling', percent } })).toEqual([
      expect.stringMatching(/^stages\.production\.shift\.percent: .*(5|50)/),
    ]);
  });

  test.each(['canary', 'linear'])('%s needs two instances', (type) => {
    expect(problems({ count: 1, shift: { type, percent: 50 } })).toEqual([
      `stages.production.count: ${type} needs at least 2 instances, so that a share of the fleet can take traffic`,
    ]);
  });

  test('a wait is an hour at most', () => {
    expect(problems({ count: 2, shift: { type: 'canary', percent: 50, bake: '61m' } })).toEqual([
      'stages.production.shift.bake: a wait may last 1h at most',
    ]);
  });

  test('all waits together are shorter than the eight hours of a deployment', () => {
    expect(problems({ count: 10, shift: { type: 'linear', percent: 10, bake: '50m' } })).toEqual([
      'stages.production.shift.bake: 10 steps of this length exceed the 8h that a deployment may last; shorten it or take larger steps',
    ]);
  });
});

describe('limits of autoscaling', () => {
  test('its maximum is not below its minimum', () => {
    expect(problems({ autoscaling: { min: 3, max: 2 } })).toEqual([
      'stages.production.autoscaling.max: must not be below min (3)',
    ]);
  });

  test('burstable instances do not scale', () => {
    expect(problems({ instance: 'ml.t3.medium', autoscaling: { min: 1, max: 2 } })).toEqual([
      expect.stringContaining('stages.production.instance: burstable instances (ml.t*) cannot be scaled'),
    ]);
  });
});

describe('limits of a serverless stage', () => {
  const serverless = {};
  const door = { api: {} };

  test('with a front door, which captures, nothing is wrong', () => {
    expect(problems({ serverless }, door)).toEqual([]);
  });

  test.each([1000, 7168])('%d MB of memory are not offered', (memory) => {
    expect(problems({ serverless: { memory } }, door)).toEqual([
      'stages.production.serverless.memory: one of 1024, 2048, 3072, 4096, 5120, 6144',
    ]);
  });

  test.each([0, 201])('%d requests at once are not possible: 1 to 200 are', (max_concurrency) => {
    expect(problems({ serverless: { max_concurrency } }, door)).toEqual([
      expect.stringMatching(/^stages\.production\.serverless\.max_concurrency: .*(1|200)/),
    ]);
  });

  test.each(['canary', 'linear', 'rolling'])('%s is not possible', (type) => {
    expect(problems({ serverless, count: 1, shift: { type, percent: 20 } }, door)).toContain(
      `stages.production.shift: a serverless endpoint changes all at once, ${type} is not possible; leave shift out`,
    );
  });

  test('it scales itself', () => {
    expect(problems({ serverless, autoscaling: { min: 1, max: 2 } }, door)).toEqual([
      'stages.production.autoscaling: a serverless endpoint scales itself up to serverless.max_concurrency; leave this out',
    ]);
  });

  test('it has no instances', () => {
    expect(problems({ serverless, count: 2 }, door)).toEqual([
      'stages.production.count: a serverless endpoint has no instances; leave count out',
    ]);
  });

  test('it has one variant', () => {
    expect(problems({ serverless, trial: ab }, { ...door, ...labelled })).toEqual([
      'stages.production.trial: a serverless endpoint has one variant; a trial needs instances for both',
    ]);
  });

  test('without a front door nothing would be captured, and nothing monitored', () => {
    expect(problems({ serverless })).toEqual([expect.stringContaining('stages.production.capture: a serverless')]);
    expect(problems({ serverless, capture: 0 })).toEqual([]);
  });
});

describe('limits of an asynchronous stage', () => {
  const asynchronous = { async: {}, capture: 0 };

  test('without capture nothing is wrong', () => {
    expect(problems(asynchronous)).toEqual([]);
  });

  test.each(['canary', 'linear', 'rolling', 'all-at-once'])('%s is possible', (type) => {
    const shift = type === 'all-at-once' ? { type } : { type, percent: 50 };
    expect(problems({ ...asynchronous, count: 2, shift })).toEqual([]);
  });

  test('a canary needs two instances here as well', () => {
    expect(problems({ ...asynchronous, shift: { type: 'canary', percent: 50 } })).toEqual([
      'stages.production.count: canary needs at least 2 instances, so that a share of the fleet can take traffic',
    ]);
  });

  test.each([0, 1001])('%d requests at once are not possible: 1 to 1000 are', (max_concurrency) => {
    expect(problems({ async: { max_concurrency }, capture: 0 })).toEqual([
      expect.stringMatching(/^stages\.production\.async\.max_concurrency: .*(1|1000)/),
    ]);
  });

  test('notify has three values', () => {
    expect(problems({ async: { notify: 'sometimes' }, capture: 0 })).toEqual([
      expect.stringMatching(/^stages\.production\.async\.notify: .*none.*failures.*all/),
    ]);
  });

  test.each([undefined, 100])('nothing is captured, so capture: %s is refused', (capture) => {
    expect(problems({ async: {}, ...(capture === undefined ? {} : { capture }) })).toEqual([
      'stages.production.capture: data capture is documented for real-time endpoints only; set capture: 0 and do without monitoring of this stage',
    ]);
  });

  test('it has no front door', () => {
    expect(problems(asynchronous, { api: {} })).toEqual([
      'api: the front door waits for answers, which an asynchronous endpoint does not give; leave out either api or stages.production.async',
    ]);
  });

  test('it is not serverless', () => {
    expect(problems({ ...asynchronous, serverless: {} })).toEqual([
      'stages.production.async: an asynchronous endpoint needs instances; leave out either async or serverless',
    ]);
  });

  test('it has no trial', () => {
    expect(problems({ ...asynchronous, trial: ab }, labelled)).toContain(
      'stages.production.trial: variants of an asynchronous endpoint cannot be compared on live traffic; leave trial out',
    );
  });

  test('it does not scale, to zero neither', () => {
    expect(problems({ ...asynchronous, autoscaling: { min: 1, max: 2 } })).toEqual([
      'stages.production.autoscaling: an asynchronous endpoint would scale by its backlog, to zero as well, which is not supported; leave autoscaling out and set count',
    ]);
  });

  test('it has no tests that wait for answers', () => {
    expect(problems({ ...asynchronous, tests: {} })).toEqual([
      'stages.production.tests: the tests wait for answers, which an asynchronous endpoint does not give; leave tests out, the smoke test of each deployment remains',
    ]);
  });
});

describe('limits of a trial', () => {
  test('with labels an A/B test is complete', () => {
    expect(problems({ trial: ab }, labelled)).toEqual([]);
    expect(problems({ trial: { type: 'shadow' } })).toEqual([]);
  });

  test('an A/B test without labels is never decided', () => {
    expect(problems({ trial: ab })).toEqual([
      'stages.production.trial: an A/B test is decided by labels; add a section labels: {}',
    ]);
  });

  test('a shadow is not judged by a metric without labels', () => {
    expect(problems({ trial: { type: 'shadow', metric: 'auc' } })).toEqual([
      'stages.production.trial.metric: needs labels; add a section labels: {}, or leave the metric out',
    ]);
  });

  test('metrics suit the task', () => {
    expect(problems({ trial: { type: 'ab', metric: 'mae' } }, labelled)).toEqual([
      "stages.production.trial.metric: 'mae' does not suit a binary task; allowed: accuracy, auc, brier",
    ]);
  });

  test.each([0, 100])('a share of %d %% is no test', (share) => {
    expect(problems({ trial: { ...ab, share } }, labelled)).toEqual([
      expect.stringMatching(/^stages\.production\.trial\.share/),
    ]);
  });

  test('rolling updates know one variant only', () => {
    expect(problems({ count: 4, shift: { type: 'rolling', percent: 25 }, trial: ab }, labelled)).toEqual([
      'stages.production.shift: a rolling update is not possible with two variants; choose canary, linear or all-at-once',
    ]);
  });

  test('answers that are not captured are not compared', () => {
    expect(problems({ capture: 50, trial: ab }, labelled)).toEqual([
      'stages.production.capture: a trial compares captured answers; set capture: 100',
    ]);
  });

  test('a stage without live traffic has nothing to compare', () => {
    const stages = { staging: { trial: ab }, production: {} };
    expect(problems({}, { stages, ...labelled })).toEqual([
      'stages.staging.trial: only production has live traffic; move it to stages.production',
    ]);
  });
});
