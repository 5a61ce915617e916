import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, Workplace } from '../support/mooring';

const data = join(root, '../shared/data/taiwan-credit-default.csv');
const present = existsSync(data);
if (!present) console.warn(`skipped: ${data} is not there (real data set of 30,000 card holders)`);

describe('a use case without code of its own, on the real card data', () => {
  const place = new Workplace();
  afterAll(() => place.remove());

  (present ? test : test.skip)(
    'deploys, trains and registers from its YAML alone, with an AUC of at least 0.75',
    async () => {
      const outcome = await place.json<{
        status: string;
        evaluation: { metrics: { name: string; value: number }[] };
        package: { version: number };
      }>('run', 'card-default', '--data', data);
      expect(outcome.status).toBe('Succeeded');
      expect(outcome.evaluation.metrics.find((each) => each.name === 'auc')?.value).toBeGreaterThanOrEqual(0.75);
      expect(outcome.package.version).toBe(1);
    },
    5 * 60_000,
  );
});
