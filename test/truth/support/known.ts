/** A finding that stays, and why. */
export interface Known {
  readonly finding: RegExp;
  readonly because: string;
}

/** Findings without a reason, and reasons without a finding: both are to be mended. */
export function unexplained(
  findings: readonly string[],
  known: readonly Known[],
): { readonly findings: readonly string[]; readonly stale: readonly string[] } {
  return {
    findings: [...new Set(findings)].filter((each) => !known.some(({ finding }) => finding.test(each))).sort(),
    stale: known
      .filter(({ finding }) => !findings.some((each) => finding.test(each)))
      .map(({ finding }) => finding.source),
  };
}
