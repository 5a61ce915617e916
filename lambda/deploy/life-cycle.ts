import { UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { lifeCycleStage, lifeCycleStatuses } from '../../contracts/records/deployment-record';
import type { Context } from './context';
import { isAbsence } from './endpoint';

/**
 * Notes on the package how far it got in this stage. A version that was deleted from the registry meanwhile is left alone.
 */
export async function setLifeCycle(
  context: Context,
  packageArn: string,
  status: keyof typeof lifeCycleStatuses,
  { description }: { readonly description: string },
): Promise<void> {
  try {
    await update(context, packageArn, lifeCycleStage(context.stage), status, description);
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
}

/** The approval that production waits for, given by a use case that asks for no person. */
export async function approveForProduction(context: Context, packageArn: string): Promise<void> {
  const description = `automatically, because it serves at ${context.endpointName}`;
  await update(context, packageArn, lifeCycleStage('production'), 'approved', description);
}

async function update(
  { sagemaker }: Context,
  packageArn: string,
  stage: string,
  status: keyof typeof lifeCycleStatuses,
  description: string,
): Promise<void> {
  await sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: packageArn,
      ModelLifeCycle: {
        Stage: stage,
        StageStatus: lifeCycleStatuses[status],
        StageDescription: description.slice(0, 1024),
      },
    }),
  );
}
