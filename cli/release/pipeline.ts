import {
  CodePipelineClient,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  PutApprovalResultCommand,
  type StageState,
} from '@aws-sdk/client-codepipeline';
import { UserError } from '@mooring/use-case/errors';
import { releaseNames } from '../../contracts/release';
import { type Connection, localRegion } from '../shared/clients';

/** Commands wait with it for minutes, and an account that is busy may close a connection between two looks. */
export const pipelineClient = ({ endpoint, keys }: Connection): CodePipelineClient =>
  new CodePipelineClient({ endpoint, region: localRegion, credentials: keys, maxAttempts: 3 });

const pipelineName = releaseNames.pipeline;

/** @throws UserError that says how to make the release pipeline, where there is none. */
function explain(error: unknown): never {
  if (error instanceof Error && error.name === 'PipelineNotFoundException')
    throw new UserError(
      'there is no release pipeline in the local account; make one: npx cdk deploy Mooring-Release -c release=release.yaml (docs/releasing.md)',
    );
  throw error;
}

/** An approval that waits for a person. */
export interface Waiting {
  readonly stage: string;
  readonly action: string;
  readonly token: string;
  readonly executionId: string;
  /** What the approver is asked. */
  readonly summary: string;
}

export async function waitingApprovals(client: CodePipelineClient): Promise<readonly Waiting[]> {
  const { stageStates = [] } = await client.send(new GetPipelineStateCommand({ name: pipelineName })).catch(explain);
  const waiting = stageStates.flatMap((stage) => waitingIn(stage));
  return Promise.all(
    waiting.map(async (each) => {
      const { actionExecutionDetails = [] } = await client.send(
        new ListActionExecutionsCommand({ pipelineName, filter: { pipelineExecutionId: each.executionId } }),
      );
      const asked = actionExecutionDetails.find(({ actionName }) => actionName === each.action);
      return { ...each, summary: asked?.input?.resolvedConfiguration?.['CustomData'] ?? '' };
    }),
  );
}

function waitingIn({
  stageName = '',
  latestExecution,
  actionStates = [],
}: StageState): readonly Omit<Waiting, 'summary'>[] {
  return actionStates.flatMap(({ actionName = '', latestExecution: run }) =>
    run?.token === undefined
      ? []
      : [
          {
            stage: stageName,
            action: actionName,
            token: run.token,
            executionId: latestExecution?.pipelineExecutionId ?? '',
          },
        ],
  );
}

/** Answers the approval that waits. @throws UserError when none does. */
export async function answerApproval(
  client: CodePipelineClient,
  status: 'Approved' | 'Rejected',
  summary: string,
): Promise<Waiting> {
  const [waiting] = await waitingApprovals(client);
  if (waiting === undefined)
    throw new UserError('no release waits for an approval; look at `npx mooring release-status`');
  const { stage: stageName, action: actionName, token } = waiting;
  await client.send(
    new PutApprovalResultCommand({ pipelineName, stageName, actionName, token, result: { status, summary } }),
  );
  return waiting;
}

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
const going = ['InProgress', 'Stopping'];

/** Waits until a release waits for its approval. @throws UserError when all have ended before. */
export async function untilApproval(client: CodePipelineClient): Promise<void> {
  for (;;) {
    if ((await waitingApprovals(client)).length > 0) return;
    const releases = await readReleases(client, 5);
    if (!releases.some(({ status }) => going.includes(status)))
      throw new UserError(
        `no release is under way; the last one (${releases[0]?.trigger ?? 'none'}) is ${releases[0]?.status ?? 'absent'}${releases[0]?.reason === undefined ? '' : `: ${releases[0].reason}`}`,
      );
    await pause(1000);
  }
}

/** Waits until no release is under way; one that waits for an approval is, but nothing happens before a person answers. */
export async function untilQuiet(client: CodePipelineClient): Promise<void> {
  for (;;) {
    const releases = await readReleases(client, 5);
    if (!releases.some(({ status }) => going.includes(status)) || (await waitingApprovals(client)).length > 0) return;
    await pause(1000);
  }
}

/** The status of an execution, stage by stage. */
export interface ReleaseState {
  readonly executionId: string;
  readonly status: string;
  readonly started?: Date;
  readonly trigger: string;
  readonly reason?: string;
  readonly actions: readonly {
    readonly stage: string;
    readonly action: string;
    readonly status: string;
    readonly reason?: string;
  }[];
}

export async function readReleases(client: CodePipelineClient, most: number): Promise<readonly ReleaseState[]> {
  const { pipelineExecutionSummaries = [] } = await client
    .send(new ListPipelineExecutionsCommand({ pipelineName, maxResults: most }))
    .catch(explain);
  return Promise.all(
    pipelineExecutionSummaries.map(({ pipelineExecutionId = '' }) => readRelease(client, pipelineExecutionId)),
  );
}

export async function readRelease(client: CodePipelineClient, pipelineExecutionId: string): Promise<ReleaseState> {
  const [{ pipelineExecution }, { actionExecutionDetails = [] }] = await Promise.all([
    client.send(new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId })),
    client.send(new ListActionExecutionsCommand({ pipelineName, filter: { pipelineExecutionId } })),
  ]);
  const tag = pipelineExecution?.variables?.find(({ name }) => name === releaseNames.tagVariable)?.resolvedValue;
  return {
    executionId: pipelineExecutionId,
    status: pipelineExecution?.status ?? '',
    trigger:
      tag !== undefined && tag !== 'none'
        ? tag
        : (pipelineExecution?.trigger?.triggerDetail ?? '').replace('refs/tags/', ''),
    reason: pipelineExecution?.statusSummary,
    actions: [...actionExecutionDetails].reverse().map((each) => ({
      stage: each.stageName ?? '',
      action: each.actionName ?? '',
      status: each.status ?? '',
      reason: each.output?.executionResult?.errorDetails?.message,
    })),
  };
}
