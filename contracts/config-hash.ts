import { createHash } from 'node:crypto';
import type { UseCase } from '@mooring/use-case/use-case';

/** The use case as the Python side reads it: validated, defaults filled in, in the order of the schema. */
export function useCaseJson(useCase: UseCase): string {
  return `${JSON.stringify(useCase, undefined, 2)}\n`;
}

/** Identifies the configuration in a model's chain of evidence: SHA-256 of `use-case.json`, in hex. */
export function configHash(useCase: UseCase): string {
  return createHash('sha256').update(useCaseJson(useCase)).digest('hex');
}
