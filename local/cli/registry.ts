import {
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  UpdateModelPackageCommand,
  type DescribeModelPackageCommandOutput,
} from '@aws-sdk/client-sagemaker';
import { UserError } from '../../contracts/errors';
import { resourceNames } from '../../contracts/names';
import type { Clients } from './clients';

/** Model packages of a use case, newest first. */
export async function listPackages(
  clients: Clients,
  useCase: string,
): Promise<{ readonly arn: string; readonly version: number; readonly approval: string; readonly created?: Date }[]> {
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
  })).sort((a, b) => b.version - a.version);
}

export const describePackage = (clients: Clients, arn: string): Promise<DescribeModelPackageCommandOutput> =>
  clients.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));

/** Approves a version (default: the newest); the registry's event starts the deployment. @throws UserError when there is none. */
export async function approvePackage(
  clients: Clients,
  useCase: string,
  version: number | undefined,
  description: string,
): Promise<{ readonly arn: string; readonly version: number }> {
  const packages = await listPackages(clients, useCase);
  const chosen = version === undefined ? packages[0] : packages.find((each) => each.version === version);
  if (chosen === undefined) {
    const have = packages.map((each) => each.version).join(', ');
    throw new UserError(
      `${useCase} has no model version${version === undefined ? '' : ` ${version}`}; ${have === '' ? `run \`npx mooring run ${useCase}\` first` : `there are: ${have}`}`,
    );
  }
  await clients.sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: chosen.arn,
      ModelApprovalStatus: 'Approved',
      ApprovalDescription: description,
    }),
  );
  return chosen;
}
