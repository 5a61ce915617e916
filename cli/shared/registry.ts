import {
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  UpdateModelPackageCommand,
  type DescribeModelPackageCommandOutput,
} from '@aws-sdk/client-sagemaker';
import { lifeCycleStage, lifeCycleStatuses } from '../../contracts/records/deployment-record';
import { UserError } from '@mooring/use-case/errors';
import { resourceNames } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import type { Clients } from './clients';

export interface ListedPackage {
  readonly arn: string;
  readonly version: number;
  readonly approval: string;
  readonly created?: Date;
  /** Stage and status of its life cycle, e.g. `Production Serving`; absent before it reached a stage. */
  readonly lifeCycle?: string;
}

/** Model packages of a use case, newest first. */
export async function listPackages(clients: Clients, useCase: string): Promise<ListedPackage[]> {
  const { ModelPackageSummaryList = [] } = await clients.sagemaker.send(
    new ListModelPackagesCommand({
      ModelPackageGroupName: resourceNames.packageGroup(useCase),
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: 100,
    }),
  );
  return ModelPackageSummaryList.map((each) => ({
    arn: each.ModelPackageArn ?? '',
    version: each.ModelPackageVersion ?? 0,
    approval: each.ModelApprovalStatus ?? '',
    created: each.CreationTime,
    ...(each.ModelLifeCycle === undefined
      ? {}
      : { lifeCycle: `${each.ModelLifeCycle.Stage ?? ''} ${each.ModelLifeCycle.StageStatus ?? ''}` }),
  })).sort((a, b) => b.version - a.version);
}

export const describePackage = (clients: Clients, arn: string): Promise<DescribeModelPackageCommandOutput> =>
  clients.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));

export interface ChosenPackage {
  readonly arn: string;
  readonly version: number;
}

/** A version of the registry (default: the newest). @throws UserError when there is none. */
export async function choosePackage(
  clients: Clients,
  useCase: string,
  version: number | undefined,
): Promise<ChosenPackage> {
  const packages = await listPackages(clients, useCase);
  const chosen = version === undefined ? packages[0] : packages.find((each) => each.version === version);
  if (chosen === undefined) {
    const have = packages.map((each) => each.version).join(', ');
    throw new UserError(
      `${useCase} has no model version${version === undefined ? '' : ` ${version}`}; ${have === '' ? `run \`npx mooring run ${useCase}\` first` : `there are: ${have}`}`,
    );
  }
  return chosen;
}

/** Approves a version; the registry's event starts the deployment. */
export async function approvePackage(clients: Clients, { arn }: ChosenPackage, description: string): Promise<void> {
  await clients.sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: arn,
      ModelApprovalStatus: 'Approved',
      ApprovalDescription: description,
    }),
  );
}

/**
 * Approves a version that serves in staging for production, by its life-cycle stage.
 *
 * Where staging asks for nobody, this is the first time that a person says yes, so the registry's status says it as well;
 * elsewhere the status is staging's approval and stays as it is.
 */
export async function approveForProduction(
  clients: Clients,
  { stages }: UseCase,
  { arn }: ChosenPackage,
  description: string,
): Promise<void> {
  const first = stages.staging?.approval === 'auto';
  await clients.sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: arn,
      ...(first ? { ModelApprovalStatus: 'Approved', ApprovalDescription: description } : {}),
      ModelLifeCycle: {
        Stage: lifeCycleStage('production'),
        StageStatus: lifeCycleStatuses.approved,
        StageDescription: description,
      },
    }),
  );
}
