import { liveFiles, prefixes, resourceNames } from '../../contracts/names';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { trialFile, type TrialState } from '../../contracts/records/trial';
import type { ModelPackageStateChange } from '../../contracts/events';
import { readJson } from '../shared/objects';
import type { Context } from './context';
import type { Plan } from './plan';

/**
 * Whether a version has to be compared with the live one on live traffic before it may take its place.
 *
 * The first version has nothing to be compared with, an older one comes back because the newer one is no good, and the
 * one that won its trial is through.
 */
export async function needsTrial({ artifacts, useCase, stage, settings }: Context, plan: Plan): Promise<boolean> {
  if (settings.stage.trial === undefined) return false;
  const prefix = prefixes.live(useCase, stage);
  const [live, trial] = await Promise.all([
    readJson<LiveManifest>(artifacts, `${prefix}/${liveFiles.manifest}`),
    readJson<TrialState>(artifacts, `${prefix}/${trialFile}`),
  ]);
  if (live === undefined || plan.version <= live.version) return false;
  return !(trial?.outcome?.kind === 'promoted' && trial.challenger.package_arn === plan.packageArn);
}

/** Gives an approval to the trial function, which gives it back when the version won. */
export async function putOnTrial({ useCase }: Context, event: ModelPackageStateChange): Promise<void> {
  // Loaded here, because most stages have no trials and every cold start would pay for it.
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  await new LambdaClient({}).send(
    new InvokeCommand({
      FunctionName: resourceNames.trialFunction(useCase),
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify(event)),
    }),
  );
}
