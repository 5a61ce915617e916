import { messageOf } from '../../shared/errors';
import type { Check, Patient } from './checks';
import { accountChecks } from './doctor-account';
import { projectChecks } from './doctor-project';
import { quotaChecks } from './doctor-quotas';

/** What one check found. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do; empty when all is well. */
  readonly remedy: string;
}

const checks: Readonly<Record<string, Check>> = { ...projectChecks, ...accountChecks, ...quotaChecks };

/** Runs all checks; one that cannot be made is a finding, too. */
export async function examine(patient: Patient): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [check, run] of Object.entries(checks)) {
    try {
      findings.push({ check, remedy: '', ...(await run(patient)) });
    } catch (error) {
      findings.push({
        check,
        ok: false,
        found: messageOf(error),
        remedy: 'check the credentials and the endpoint, then run the doctor again',
      });
    }
  }
  return findings;
}
