import { useCaseSchema } from '../../packages/use-case/src/use-case';
import type { LoadedUseCase } from '../../packages/use-case/src/load-use-case';
import { testUseCases } from './app';

/** The use case `loans`, whose baseline is counted on Spark, in an image that the deployment builds. */
export function sparkUseCase(): LoadedUseCase {
  const loans = testUseCases().find((each) => each.useCase.name === 'loans');
  if (loans === undefined) throw new Error('the test use case loans is gone');
  const { useCase } = loans;
  const monitoring = { ...useCase.monitoring, compute: { engine: 'spark' } };
  return { ...loans, useCase: useCaseSchema.parse({ ...useCase, monitoring }) };
}
