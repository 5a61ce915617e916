import {
  CodePipelineClient,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  PutApprovalResultCommand,
  type PipelineExecutionSummary,
} from '@aws-sdk/client-codepipeline';
import type { Account } from '@mooring/local-account';
import { clientConfig } from '@mooring/local-account/test/support/clients';

/** Looks until something is there. @throws Error when it is not there in time. */
export async function until<T>(look: () => Promise<T | undefined>, seconds = 50): Promise<T> {
  const started = Date.now();
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() - started > seconds * 1000) throw new Error(`waited for ${seconds} s in vain`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** How an execution ended. */
export interface Outcome {
  readonly status: string;
  readonly reason: string;
}

/** Executions of one pipeline of a local account, as a client sees them. */
export class Executions {
  readonly client: CodePipelineClient;

  constructor(
    account: Account,
    readonly pipelineName: string,
    private readonly patience = 50,
  ) {
    // Waiting takes minutes, and a busy account may close a connection between two looks.
    this.client = new CodePipelineClient({ ...clientConfig(account), maxAttempts: 3 });
  }

  async all(): Promise<readonly PipelineExecutionSummary[]> {
    const { pipelineName } = this;
    return (
      (await this.client.send(new ListPipelineExecutionsCommand({ pipelineName }))).pipelineExecutionSummaries ?? []
    );
  }

  /** Waits for the end of an execution. */
  ended(pipelineExecutionId: string): Promise<Outcome> {
    const { pipelineName } = this;
    return until(async () => {
      const { pipelineExecution } = await this.client.send(
        new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId }),
      );
      const { status = '', statusSummary = '' } = pipelineExecution ?? {};
      return status === 'InProgress' || status === 'Stopping' ? undefined : { status, reason: statusSummary };
    }, this.patience);
  }

  /** Waits for the approval of an execution and answers it. @throws Error when the execution ends instead. */
  async answer(executionId: string, status: 'Approved' | 'Rejected', summary: string): Promise<void> {
    const { pipelineName } = this;
    const token = await until(async () => {
      const execution = (await this.all()).find((each) => each.pipelineExecutionId === executionId);
      if (execution?.status === 'Failed') throw new Error(`${executionId} failed: ${execution.statusSummary ?? ''}`);
      const { stageStates = [] } = await this.client.send(new GetPipelineStateCommand({ name: pipelineName }));
      const production = stageStates.find(({ stageName }) => stageName === 'Production');
      if (production?.latestExecution?.pipelineExecutionId !== executionId) return undefined;
      return production.actionStates?.find(({ actionName }) => actionName === 'Approval')?.latestExecution?.token;
    }, this.patience);
    const result = { status, summary };
    await this.client.send(
      new PutApprovalResultCommand({ pipelineName, stageName: 'Production', actionName: 'Approval', token, result }),
    );
  }

  /** Variables of the pipeline as an execution has them. */
  async variables(pipelineExecutionId: string): Promise<Readonly<Record<string, string>>> {
    const { pipelineName } = this;
    const { pipelineExecution } = await this.client.send(
      new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId }),
    );
    return Object.fromEntries(
      (pipelineExecution?.variables ?? []).map(({ name = '', resolvedValue = '' }) => [name, resolvedValue]),
    );
  }

  /** Actions of an execution with their status, in their order. */
  async actions(pipelineExecutionId: string): Promise<readonly string[]> {
    const { pipelineName } = this;
    const { actionExecutionDetails = [] } = await this.client.send(
      new ListActionExecutionsCommand({ pipelineName, filter: { pipelineExecutionId } }),
    );
    return actionExecutionDetails.map(({ actionName, status }) => `${actionName ?? ''} ${status ?? ''}`).reverse();
  }
}
