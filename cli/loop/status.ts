import { ListPipelineExecutionsCommand } from '@aws-sdk/client-sagemaker';
import { resourceNames, stackNames, stageNames } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { readAlarms, type AlarmState } from '../watch/alarms';
import { readDecisions, type Decision } from '../watch/decisions';
import { readDeployments, type Deployment } from './deployments';
import { readEndpoint, type EndpointState } from '../shared/endpoint';
import { listStacks } from '../shared/foundation';
import { readInbox, type Notification } from '../watch/inbox';
import { listPackages } from '../shared/registry';
import type { Session } from '../shared/session';

export interface UseCaseStatus {
  readonly name: string;
  readonly executions: readonly {
    readonly arn: string;
    readonly status: string;
    readonly started?: Date;
    readonly reason?: string;
  }[];
  readonly packages: Awaited<ReturnType<typeof listPackages>>;
  readonly endpoints: readonly EndpointState[];
  /** The newest of each stage, staging first. */
  readonly deployments: readonly Deployment[];
  readonly alarms: readonly AlarmState[];
  readonly decisions: readonly Decision[];
}

export interface AccountStatus {
  readonly endpoint: string;
  readonly now: string;
  readonly stacks: Awaited<ReturnType<typeof listStacks>>;
  readonly useCases: readonly UseCaseStatus[];
  readonly inbox: readonly Notification[];
}

async function readUseCase(session: Session, name: string): Promise<UseCaseStatus> {
  const { clients } = session;
  const { PipelineExecutionSummaries = [] } = await clients.sagemaker.send(
    new ListPipelineExecutionsCommand({
      PipelineName: resourceNames.pipeline(name),
      SortOrder: 'Descending',
      MaxResults: 5,
    }),
  );
  const endpoints = await Promise.all(stageNames.map((stage) => readEndpoint(clients, name, stage)));
  return {
    name,
    executions: PipelineExecutionSummaries.map((each) => ({
      arn: each.PipelineExecutionArn ?? '',
      status: each.PipelineExecutionStatus ?? '',
      started: each.StartTime,
      reason: each.PipelineExecutionFailureReason,
    })),
    packages: await listPackages(clients, name),
    endpoints: endpoints.filter((each): each is EndpointState => each !== undefined),
    deployments: (await Promise.all(stageNames.map((stage) => readDeployments(clients, name, stage)))).flat(),
    alarms: await readAlarms(clients, name),
    decisions: await readDecisions(clients, name),
  };
}

/** Everything `mooring status` shows. Use cases that are not deployed are left out. */
export async function readStatus(session: Session, useCases: readonly UseCase[]): Promise<AccountStatus> {
  const deployed: UseCaseStatus[] = [];
  const stacks = await listStacks(session.clients);
  for (const { name } of useCases)
    if (stacks.some((each) => each.name === stackNames.training(name))) deployed.push(await readUseCase(session, name));
  const { now } = (await session.control('GET', '/_local/clock')) as { readonly now: string };
  return {
    endpoint: session.endpoint,
    now,
    stacks,
    useCases: deployed,
    inbox: await readInbox(session),
  };
}
