import type { TrialState } from '../../../contracts/records/trial';
import { variantOf } from '../../../lambda/predict/assignment';

const version = (variant: string, number: number): TrialState['champion'] => ({
  variant,
  version: number,
  package_arn: `arn:aws:sagemaker:eu-west-1:111122223333:model-package/door-models/${number}`,
  metadata: {},
});

function trial(more: Partial<TrialState> = {}): TrialState {
  return {
    use_case: 'door',
    stage: 'production',
    status: 'running',
    type: 'ab',
    share: 20,
    endpoint: 'door-endpoint',
    endpoint_config: 'door-endpoint-trial-v5-0a1b2c3d',
    champion_config: 'door-endpoint-v4-01234567',
    champion: version('AllTraffic', 4),
    challenger: version('Challenger', 5),
    approved_at: '2026-11-20T10:00:00Z',
    ...more,
  };
}

const keys = Array.from({ length: 20_000 }, (_, index) => `customer-${index}`);
const challenged = (given: TrialState): string[] => keys.filter((key) => variantOf(given, key) === 'Challenger');

describe('an A/B test', () => {
  test('answers the same key by the same model, always', () => {
    const first = keys.map((key) => variantOf(trial(), key));
    expect(keys.map((key) => variantOf(trial(), key))).toEqual(first);
  });

  test('gives the new version its share of the keys', () => {
    // Three standard deviations of a binomial count.
    expect(Math.abs(challenged(trial()).length - 4_000)).toBeLessThan(170);
  });

  test('keeps whom it has when its share grows', () => {
    const few = challenged(trial({ share: 20 }));
    const many = new Set(challenged(trial({ share: 50 })));
    expect(few.every((key) => many.has(key))).toBe(true);
  });

  test('deals anew for another trial, so that nobody is always the one who gets the new model', () => {
    const both = new Set(challenged(trial()));
    const again = challenged(trial({ approved_at: '2026-12-01T10:00:00Z' })).filter((key) => both.has(key));
    expect(Math.abs(again.length - 800)).toBeLessThan(80);
  });
});

test.each([
  ['no trial', undefined],
  ['a trial that has not begun', trial({ status: 'starting' })],
  ['a trial that is over', trial({ status: 'ended' })],
  ['a shadow', trial({ type: 'shadow' })],
])('with %s the live version answers everybody', (_, given) => {
  expect(new Set(keys.slice(0, 500).map((key) => variantOf(given, key)))).toEqual(new Set(['AllTraffic']));
});
