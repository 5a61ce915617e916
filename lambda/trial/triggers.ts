import { DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker';
import type { AlarmStateChange, ModelPackageStateChange, TrialDecision } from '../../contracts/events';
import { metadataKeys, variantName } from '../../contracts/names';
import { challengerNames, type TrialState } from '../../contracts/records/trial';
import type { Context } from './context';
import { converge } from './converge';
import { type Decision, TrialRecords } from './records';
import { readLive } from './steps';
import { configName } from './variants';

/** An approval that the deploy function accepted, of a version that is newer than the live one. */
export async function approve(context: Context, event: ModelPackageStateChange): Promise<string> {
  const { ModelPackageArn: packageArn, ModelPackageVersion: version } = event.detail;
  const described = await context.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: packageArn }));
  const live = await readLive(context);
  if (live === undefined) return `nothing is live that version ${version} could be compared with`;
  const { trial } = context.settings;
  const metadata = described.CustomerMetadataProperties ?? {};
  const state: TrialState = {
    use_case: context.useCase,
    stage: context.stage,
    status: 'starting',
    type: trial.type,
    share: trial.share,
    endpoint: context.endpointName,
    endpoint_config: configName(context, live, version, packageArn),
    champion_config: live.endpoint_config,
    champion: {
      variant: variantName,
      version: live.version,
      package_arn: live.package_arn,
      execution_arn: live.execution_arn,
      metadata: live.metadata,
    },
    challenger: {
      variant: challengerNames[trial.type],
      version,
      package_arn: packageArn,
      execution_arn: metadata[metadataKeys.executionArn],
      metadata,
    },
    approved_at: event.time,
  };
  await new TrialRecords(context.artifacts, context.useCase, context.stage).record(event, state);
  return converge(context, event.time);
}

/** A person ends the trial, one way or the other. */
export async function decide(context: Context, { detail, time }: TrialDecision): Promise<string> {
  const { decision, version, reason = 'no reason was given', requestedBy: by } = detail;
  return note(context, { decision, reason, by, time }, (state) =>
    state.challenger.version === version ? undefined : `version ${version} is not on trial`,
  );
}

/** An alarm of the challenger ends it: customers get its answers. */
export async function alarmed(context: Context, { detail, time }: AlarmStateChange): Promise<string> {
  const { alarmName, state: alarm } = detail;
  const reason = `alarm '${alarmName}' went to ALARM: ${alarm.reason ?? 'no reason'}`.slice(0, 1000);
  return note(context, { decision: 'stop', reason, by: 'alarm', time }, (state) =>
    alarmName.startsWith(state.endpoint_config) ? undefined : `${alarmName} is of no trial that runs`,
  );
}

async function note(
  context: Context,
  decision: Decision,
  objection: (state: TrialState) => string | undefined,
): Promise<string> {
  const records = new TrialRecords(context.artifacts, context.useCase, context.stage);
  const newest = (await records.open()).at(-1);
  if (newest === undefined || newest.reached.has('ended')) return `${context.endpointName} has no trial`;
  const objected = objection(newest.record.state);
  if (objected !== undefined) return objected;
  await records.mark(newest.record, 'decision', decision);
  return converge(context, decision.time);
}
