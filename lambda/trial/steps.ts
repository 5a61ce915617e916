import { UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import type { ModelPackageStateChange } from '../../contracts/events';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { liveFiles, prefixes } from '../../contracts/names';
import type { TrialState } from '../../contracts/records/trial';
import { readJson } from '../shared/objects';
import type { Context } from './context';

/** The live manifest, or undefined before the first deployment. */
export function readLive({ artifacts, useCase, stage }: Context): Promise<LiveManifest | undefined> {
  return readJson(artifacts, `${prefixes.live(useCase, stage)}/${liveFiles.manifest}`);
}

/** Gives an approval to the deploy function, as the event would. */
export async function handOver({ deployFunction }: Context, event: ModelPackageStateChange): Promise<void> {
  // Loaded here: it is needed once per trial, and every cold start would pay for it.
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  await new LambdaClient({}).send(
    new InvokeCommand({
      FunctionName: deployFunction,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify(event)),
    }),
  );
}

/** Notes on the package how far it got. */
export async function setLifeCycle(context: Context, state: TrialState, status: string, text: string): Promise<void> {
  await context.sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: state.challenger.package_arn,
      ModelLifeCycle: { Stage: 'Production', StageStatus: status, StageDescription: text.slice(0, 1024) },
    }),
  );
}
