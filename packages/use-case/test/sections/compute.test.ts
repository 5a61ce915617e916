import { buildsMonitorImage } from '../../src/sections/compute';
import { useCaseSchema } from '../../src/use-case';
import { leastUseCase, sectionProblems } from '../support/section-problems';

type Section = Readonly<Record<string, unknown>>;

const image = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/mooring-monitor@sha256:${'a'.repeat(64)}`;

const problems = (monitoring: Section): string[] => sectionProblems({ monitoring });

describe('monitoring.compute', () => {
  test('is absent by default, and of two machines that are taken by size when it is given', () => {
    expect(useCaseSchema.parse(leastUseCase).monitoring).not.toHaveProperty('compute');
    expect(useCaseSchema.parse({ ...leastUseCase, monitoring: { compute: { image } } }).monitoring.compute).toEqual({
      engine: 'auto',
      image,
      instance: 'ml.m5.xlarge',
      count: 2,
      volume_gb: 100,
      from_gib: 20,
    });
  });

  test.each([{}, { engine: 'spark' }, { engine: 'auto' }, { engine: 'single' }])('%j needs no image', (compute) => {
    expect(problems({ compute })).toEqual([]);
  });

  test.each([
    [undefined, false],
    [{ engine: 'single' }, false],
    [{ engine: 'auto' }, true],
    [{ engine: 'spark' }, true],
    [{ engine: 'spark', image }, false],
  ])('of %j is built by deployments: %s', (compute, expected) => {
    const { monitoring } = useCaseSchema.parse({ ...leastUseCase, monitoring: { compute } });
    expect(buildsMonitorImage(monitoring.compute)).toBe(expected);
  });

  test.each(['mooring-monitor', image.replace(/@.*/, ':1.0'), image.slice(0, -1)])('refuses the image %s', (given) => {
    expect(problems({ compute: { engine: 'spark', image: given } })).toEqual([
      expect.stringContaining('monitoring.compute.image: an ECR image by its digest: 1111'),
    ]);
  });

  test('is refused beside what has no Spark', () => {
    expect(problems({ engine: 'model-monitor', compute: { image } })).toEqual([
      'monitoring.compute.engine: Spark is for monitoring.engine open; leave monitoring.compute out, or choose engine open',
    ]);
    expect(problems({ features: [{ name: 'age', detector: 'classifier' }], compute: { image } })).toEqual([
      expect.stringMatching(/^monitoring\.features\.0\.detector: 'classifier' needs its rows in one process/),
    ]);
  });
});
