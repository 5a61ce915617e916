import type { Body } from '../../../core/service';
import { type ActionRun, type Execution, lastRun, type Pipeline } from '../runtime/records';

/** PipelineExecution and PipelineExecutionSummary share their members. */
export function executionSummary(execution: Execution): Body {
  const sources = execution.actions.filter(({ stage }) => stage === execution.structure.stages[0]?.name);
  const revisions = sources.flatMap(({ name, externalId, summary }) =>
    externalId === undefined ? [] : [{ name, actionName: name, revisionId: externalId, revisionSummary: summary }],
  );
  return {
    pipelineName: execution.pipeline,
    pipelineVersion: execution.version,
    pipelineExecutionId: execution.id,
    status: execution.status,
    statusSummary: execution.reason,
    executionMode: 'QUEUED',
    executionType: 'STANDARD',
    startTime: new Date(execution.started),
    lastUpdateTime: new Date(execution.updated),
    trigger: { triggerType: execution.trigger.type, triggerDetail: execution.trigger.detail },
    variables: Object.entries(execution.variables).map(([name, resolvedValue]) => ({ name, resolvedValue })),
    artifactRevisions: revisions,
    sourceRevisions: revisions.map(({ actionName, revisionId, revisionSummary }) => ({
      actionName,
      revisionId,
      revisionSummary,
    })),
  };
}

/** One entry of ListActionExecutions. */
export function actionDetail(execution: Execution, run: ActionRun): Body {
  const declared = execution.structure.stages
    .find(({ name }) => name === run.stage)
    ?.actions.find(({ name }) => name === run.name);
  return {
    pipelineExecutionId: execution.id,
    actionExecutionId: run.id,
    pipelineVersion: execution.version,
    stageName: run.stage,
    actionName: run.name,
    status: run.status,
    startTime: new Date(run.started),
    lastUpdateTime: new Date(run.updated),
    updatedBy: run.by,
    input: {
      actionTypeId: { category: declared?.category, owner: 'AWS', provider: declared?.provider, version: '1' },
      configuration: declared?.configuration,
      resolvedConfiguration: run.configuration,
      roleArn: declared?.roleArn,
      namespace: declared?.namespace,
    },
    output: {
      outputVariables: run.variables,
      executionResult: {
        externalExecutionId: run.externalId,
        externalExecutionSummary: run.summary,
        ...(run.error === undefined ? {} : { errorDetails: { code: 'JobFailed', message: run.error } }),
      },
    },
  };
}

/** GetPipelineState: each stage with the newest execution that entered it. */
export function pipelineState(
  { structure, version, created, updated }: Pipeline,
  executions: readonly Execution[],
): Body {
  return {
    pipelineName: structure.name,
    pipelineVersion: version,
    created: new Date(created),
    updated: new Date(updated),
    stageStates: structure.stages.map((stage) => {
      const latest = executions.filter((each) => each.stages[stage.name] !== undefined).at(-1);
      const entered = latest?.stages[stage.name];
      return {
        stageName: stage.name,
        inboundTransitionState: { enabled: true },
        ...(latest === undefined || entered === undefined
          ? {}
          : { latestExecution: { pipelineExecutionId: latest.id, status: entered.status, type: 'STANDARD' } }),
        actionStates: stage.actions.map((action) => {
          const run = latest === undefined ? undefined : lastRun(latest, stage.name, action.name);
          return { actionName: action.name, ...(run === undefined ? {} : { latestExecution: actionState(run) }) };
        }),
      };
    }),
  };
}

function actionState(run: ActionRun): Body {
  return {
    actionExecutionId: run.id,
    status: run.status,
    summary: run.summary ?? run.configuration?.['CustomData'],
    lastStatusChange: new Date(run.updated),
    lastUpdatedBy: run.by,
    externalExecutionId: run.externalId,
    // A token is for the one who may answer now.
    ...(run.token === undefined || run.status !== 'InProgress' ? {} : { token: run.token }),
    ...(run.error === undefined ? {} : { errorDetails: { code: 'JobFailed', message: run.error } }),
  };
}
