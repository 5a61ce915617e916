import { useCaseSchema } from '@mooring/use-case/use-case';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { testUseCases } from './app';

/** The use case `loans`, whose baseline is counted on Spark, in an image that the deployment builds. */
export function sparkUseCase(): LoadedUseCase {
  const loans = testUseCases().find((each) => each.useCase.name === 'loans');
  if (loans === undefined) throw new Error('the test use case loans is gone');
  const { useCase } = loans;
  const monitoring = { ...useCase.monitoring, compute: { engine: 'spark' } };
  return { ...loans, useCase: useCaseSchema.parse({ ...useCase, monitoring }) };
}
