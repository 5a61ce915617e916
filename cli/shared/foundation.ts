import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { UserError } from '@mooring/use-case/errors';
import { parameterNames, stackNames } from '../../contracts/names';
import type { Clients } from './clients';

/** What the foundation stack publishes. */
export interface Foundation {
  readonly dataBucket: string;
  readonly artifactBucket: string;
  readonly topicArn: string;
}

/** @throws UserError when the foundation is not deployed. */
export async function readFoundation(clients: Clients): Promise<Foundation> {
  const names = [parameterNames.dataBucket, parameterNames.artifactBucket, parameterNames.topic];
  const { Parameters = [] } = await clients.ssm.send(new GetParametersCommand({ Names: names }));
  const [dataBucket, artifactBucket, topicArn] = names.map(
    (name) => Parameters.find((each) => each.Name === name)?.Value,
  );
  if (dataBucket === undefined || artifactBucket === undefined || topicArn === undefined) {
    throw new UserError('nothing is deployed to the local account yet; run `npx mooring deploy` first');
  }
  return { dataBucket, artifactBucket, topicArn };
}

/** Stack names of the account with their status. */
export async function listStacks(
  clients: Clients,
): Promise<{ readonly name: string; readonly status: string; readonly updated?: Date }[]> {
  const { Stacks = [] } = await clients.cloudformation.send(new DescribeStacksCommand({}));
  return Stacks.map((each) => ({
    name: each.StackName ?? '',
    status: each.StackStatus ?? '',
    updated: each.LastUpdatedTime ?? each.CreationTime,
  })).sort((a, b) => a.name.localeCompare(b.name));
}

/** @throws UserError that says how to deploy the use case, where it is not. */
export async function mustBeDeployed(clients: Clients, useCase: string): Promise<void> {
  if (await isDeployed(clients, useCase)) return;
  throw new UserError(
    `${useCase} is not deployed to the local account; \`npx mooring deploy ${useCase}\` does it, \`npx mooring run ${useCase}\` trains as well`,
  );
}

/** Whether all stacks of a use case stand. */
export async function isDeployed(clients: Clients, useCase: string): Promise<boolean> {
  const names = new Set(
    (await listStacks(clients))
      .filter((each) => /COMPLETE$/.test(each.status) && !/^DELETE/.test(each.status))
      .map((each) => each.name),
  );
  return [
    stackNames.foundation,
    stackNames.training(useCase),
    stackNames.serving(useCase),
    stackNames.monitoring(useCase),
    stackNames.retraining(useCase),
  ].every((name) => names.has(name));
}
