import {
  DescribePipelineExecutionCommand,
  ListPipelineExecutionStepsCommand,
  StartPipelineExecutionCommand,
  type PipelineExecutionStep,
} from '@aws-sdk/client-sagemaker';
import { resourceNames } from '../../contracts/names';
import type { Clients } from './clients';

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** The status of one pipeline step. */
export interface StepState {
  readonly name: string;
  readonly status: string;
  readonly seconds?: number;
  readonly reason?: string;
}

/** The status of an execution. */
export interface ExecutionState {
  readonly arn: string;
  readonly status: string;
  readonly reason?: string;
  readonly steps: readonly StepState[];
}

export async function startExecution(
  clients: Clients,
  useCase: string,
  parameters: Readonly<Record<string, string>>,
  token: string,
  displayName?: string,
): Promise<string> {
  const { PipelineExecutionArn = '' } = await clients.sagemaker.send(
    new StartPipelineExecutionCommand({
      PipelineName: resourceNames.pipeline(useCase),
      ClientRequestToken: token,
      PipelineExecutionDisplayName: displayName,
      PipelineParameters: Object.entries(parameters).map(([Name, Value]) => ({ Name, Value })),
    }),
  );
  return PipelineExecutionArn;
}

function stepState(step: PipelineExecutionStep): StepState {
  const [start, end] = [step.StartTime?.getTime(), step.EndTime?.getTime()];
  return {
    name: step.StepName ?? '',
    status: step.StepStatus ?? '',
    ...(start !== undefined && end !== undefined ? { seconds: (end - start) / 1000 } : {}),
    ...(step.FailureReason !== undefined ? { reason: step.FailureReason } : {}),
  };
}

export async function readExecution(clients: Clients, arn: string): Promise<ExecutionState> {
  const [execution, listed] = await Promise.all([
    clients.sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn: arn })),
    clients.sagemaker.send(
      new ListPipelineExecutionStepsCommand({ PipelineExecutionArn: arn, SortOrder: 'Ascending', MaxResults: 100 }),
    ),
  ]);
  return {
    arn,
    status: execution.PipelineExecutionStatus ?? '',
    ...(execution.FailureReason !== undefined ? { reason: execution.FailureReason } : {}),
    steps: (listed.PipelineExecutionSteps ?? []).map(stepState),
  };
}

/** Calls back whenever a step changed, until the execution ended. */
export async function followExecution(
  clients: Clients,
  arn: string,
  changed: (state: ExecutionState) => void = () => undefined,
): Promise<ExecutionState> {
  let last = '';
  for (;;) {
    const state = await readExecution(clients, arn);
    const seen = JSON.stringify(state);
    if (seen !== last) changed(state);
    last = seen;
    if (!['Executing', 'Stopping'].includes(state.status)) return state;
    await pause(150);
  }
}
