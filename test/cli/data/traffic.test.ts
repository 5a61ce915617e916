import { useCaseSchema } from '@mooring/use-case/use-case';
import { requestRow } from '../../../cli/data/traffic';

const useCase = useCaseSchema.parse({
  name: 'loans',
  title: 'Loans',
  purpose: 'A test',
  task: 'binary',
  dataset: {
    label: 'paid',
    positive: 1,
    key: 'id',
    columns: [
      { name: 'id', type: 'integer' },
      { name: 'job', type: 'category' },
      { name: 'sum', type: 'number' },
      { name: 'paid', type: 'integer' },
    ],
  },
  gates: { quality: { metric: 'auc', bound: 0.5 } },
});

describe('a request row', () => {
  test('holds the features only, in the order of the use case', () => {
    expect(requestRow(useCase, { sum: '12.5', paid: '1', job: 'clerk', id: '7' })).toBe('clerk,12.5');
  });

  test('quotes what would break the row and leaves a missing value empty', () => {
    expect(requestRow(useCase, { job: 'clerk, "senior"' })).toBe('"clerk, ""senior""",');
  });
});
