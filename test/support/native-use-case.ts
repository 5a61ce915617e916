import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { testUseCases } from './app';

/** The use case `loans`, watched by SageMaker's own engine. */
export function nativeUseCase(): LoadedUseCase {
  const loans = testUseCases().find((each) => each.useCase.name === 'loans');
  if (loans === undefined) throw new Error('the test use case loans is gone');
  const { useCase } = loans;
  return { ...loans, useCase: { ...useCase, monitoring: { ...useCase.monitoring, engine: 'model-monitor' } } };
}
