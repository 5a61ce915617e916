import { displayName } from '../../../cli/loop/pipeline-run';

test.each([
  [[], 'manual-2026-11-20T09-30'],
  [['gates.quality.bound=0.7'], 'manual-2026-11-20T09-30-gates-quality-bound-0-7'],
])('an execution that somebody started with %j is listed as %s', (settings, name) => {
  expect(displayName('2026-11-20T09:30:11.000Z', settings)).toBe(name);
  // SageMaker's pattern and length.
  expect(displayName('2026-11-20T09:30:11.000Z', Array(30).fill('training.instance=ml.m5.large') as string[])).toMatch(
    /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,81}$/,
  );
});
