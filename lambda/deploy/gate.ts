import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import {
  type DeploymentOutcome,
  lifeCycleStage,
  lifeCycleStatuses,
  testsPrefix,
  type TestSummary,
} from '../../contracts/records/deployment-record';
import { readJson } from '../shared/objects';
import type { Context } from './context';
import { Intents } from './intents';
import type { Plan } from './plan';

/**
 * Why a version may not serve in this stage, or undefined when it may.
 *
 * Looks at the package as it is now, not at the event: events may be late. `quiet` reasons are no news: somebody took the
 * approval back, or never gave one.
 */
export async function refusal(
  context: Context,
  described: DescribeModelPackageOutput,
  plan: Plan,
): Promise<{ readonly reason: string; readonly quiet: boolean } | undefined> {
  const { approvals, stage } = context.settings;
  const status = described.ModelApprovalStatus ?? 'gone';
  if (status === 'Rejected' || status === 'gone') return { reason: `${plan.packageArn} is ${status}`, quiet: true };
  switch (approvals) {
    case 'release':
      return undefined;
    case 'registry':
      if (status === 'Approved' || (context.stage === 'staging' && stage.approval === 'auto')) return undefined;
      return { reason: `${plan.packageArn} is ${status}`, quiet: true };
    case 'life-cycle': {
      const { Stage, StageStatus } = described.ModelLifeCycle ?? {};
      const wanted = `${lifeCycleStage(context.stage)} ${lifeCycleStatuses.approved}`;
      const found = `${Stage ?? 'no stage'} ${StageStatus ?? ''}`.trim();
      if (found !== wanted)
        return { reason: `the life cycle of ${plan.packageArn} is '${found}', not '${wanted}'`, quiet: true };
      const missing = await missingEvidence(context, plan);
      return missing === undefined ? undefined : { reason: missing, quiet: false };
    }
  }
}

/** What an approved version still lacks: serving in staging with these very bytes, and the tests that the use case asks for. */
async function missingEvidence({ artifacts, useCase, settings }: Context, plan: Plan): Promise<string | undefined> {
  const staging = new Intents(artifacts, useCase, 'staging');
  const served = (await staging.done(plan.version)).find((each) => each.plan.packageArn === plan.packageArn);
  if (served === undefined) return `version ${plan.version} has never served in staging`;
  const { live } = (await staging.details<DeploymentOutcome>(served, 'done')) ?? {};
  const before = (live ?? served.plan).artifact?.digest;
  if (before !== plan.artifact?.digest)
    return `the model data of version ${plan.version} is not what served in staging (digest ${plan.artifact?.digest ?? 'none'}, there ${before ?? 'none'})`;
  if (!settings.tested) return undefined;
  const summary = await readJson<TestSummary>(
    artifacts,
    `${testsPrefix(useCase, 'staging', plan.version)}/summary.json`,
  );
  if (summary === undefined) return `version ${plan.version} was not tested in staging`;
  const failed = summary.tests.filter((each) => !each.passed).map((each) => each.name);
  return summary.passed ? undefined : `version ${plan.version} failed its tests in staging: ${failed.join(', ')}`;
}
