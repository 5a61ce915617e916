import { backfillJob, windowEnds } from '../../../cli/watch/backfill';
import { useCaseSchema } from '@mooring/use-case/use-case';

const useCase = useCaseSchema.parse({
  name: 'tides',
  title: 'Tides',
  purpose: 'Is watched every six hours.',
  task: 'regression',
  dataset: { columns: ['wind', 'level'].map((name) => ({ name, type: 'number' })), label: 'level' },
  gates: { quality: { metric: 'rmse', bound: 1 } },
  monitoring: { every: '6h', quality: { metric: 'rmse', bound: 1, every: '1d' } },
});
const now = new Date('2026-03-10T12:00:00Z');
const range = { from: '2026-03-01T00:00:00Z', to: '2026-03-02T05:00:00Z' };

describe('a range of the past', () => {
  test('is cut into windows of a cadence; a remainder is left out', () => {
    expect(windowEnds(useCase, { kind: 'data', ...range }, now)).toEqual([
      '2026-03-01T06:00:00Z',
      '2026-03-01T12:00:00Z',
      '2026-03-01T18:00:00Z',
      '2026-03-02T00:00:00Z',
    ]);
    expect(windowEnds(useCase, { kind: 'quality', ...range }, now)).toEqual(['2026-03-02T00:00:00Z']);
  });

  test.each([
    [{ kind: 'bias' }, 'tides has no such monitor; it has: data, quality'],
    [{ kind: 'data', from: 'yesterday' }, '--from yesterday: no ISO time'],
    [{ kind: 'data', to: '2026-03-11T00:00:00Z' }, 'windows that have not ended yet cannot be judged'],
    [{ kind: 'quality', to: '2026-03-01T23:00:00Z' }, 'shorter than a cadence of 1d'],
    [{ kind: 'data', from: '2025-01-01T00:00:00Z' }, 'at most 200 at a time'],
  ])('is refused when it cannot be judged: %j', (change, message) => {
    expect(() => windowEnds(useCase, { ...range, ...change }, now)).toThrow(message);
  });

  test('is refused of an engine that has no such runs, with all other problems', () => {
    const native = { ...useCase, monitoring: { ...useCase.monitoring, engine: 'model-monitor' as const } };
    const refused = (): unknown => windowEnds(native, { kind: 'bias', from: 'x', to: range.to }, now);
    expect(refused).toThrow(/judges no past windows[^]*no such monitor[^]*no ISO time/);
  });
});

describe('the job of a past window', () => {
  const template = JSON.stringify({
    ProcessingJobName: 'tides-data-monitor-<aws.scheduler.execution-id>',
    AppSpecification: { ImageUri: 'image', ContainerArguments: ['--window-end', '<aws.scheduler.scheduled-time>'] },
    ProcessingOutputConfig: { Outputs: [{ S3Output: { S3Uri: 's3://a/<aws.scheduler.scheduled-time>' } }] },
  });
  const job = (salt: string) => backfillJob(template, 'tides-data-monitor', '2026-03-01T06:00:00Z', salt);

  test('is the scheduled one at that time, but publishes nothing', () => {
    const { AppSpecification, ProcessingOutputConfig } = job('a');
    expect(AppSpecification?.ContainerArguments).toEqual(['--window-end', '2026-03-01T06:00:00Z', '--no-publish']);
    expect(ProcessingOutputConfig?.Outputs?.[0]?.S3Output?.S3Uri).toBe('s3://a/2026-03-01T06:00:00Z');
  });

  test('has a name of its own each time, short enough for the longest schedule', () => {
    expect(job('a').ProcessingJobName).not.toBe(job('b').ProcessingJobName);
    const longest = `${'x'.repeat(30)}-explanations-monitor`;
    expect(backfillJob(template, longest, '2026-03-01T06:00:00Z', 'a').ProcessingJobName?.length).toBe(63);
  });
});
