import type { UseCase } from '@mooring/use-case/use-case';
import type { Project } from '../../shared/project';
import type { Session } from '../../shared/session';

/** What is examined. */
export interface Patient {
  readonly project: Project;
  readonly session: Session;
  readonly useCases: readonly UseCase[];
}

/** The result of a check. */
export type Verdict =
  | { readonly ok: true; readonly found: string }
  | { readonly ok: false; readonly found: string; readonly remedy: string };
export type Check = (patient: Patient) => Promise<Verdict>;

/** Nothing to do. */
export const well = (found: string): Verdict => ({ ok: true, found });
/** Something is wrong; the remedy says what to do. */
export const ill = (found: string, remedy: string): Verdict => ({ ok: false, found, remedy });
