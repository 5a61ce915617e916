import { DescribeModelPackageCommand, ListPipelineParametersForExecutionCommand } from '@aws-sdk/client-sagemaker';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { pipelineParameters } from '../../contracts/pipeline-parameters';
import type { Context } from './context';
import { outsideEnvelope } from './envelope';
import { newestLabelled } from './labelled';
import type { Request } from './request';

/**
 * Parameters of the execution: the data of the live model, plus what was labelled in production since, and an approval
 * that only a person can give when the retraining leaves the envelope.
 */
export async function executionParameters(
  context: Context,
  request: Request,
  live: LiveManifest | undefined,
): Promise<Record<string, string>> {
  const { settings, data, useCase } = context;
  const parameters: Record<string, string> = { [pipelineParameters.trigger]: request.trigger };
  const input = request.trigger === 'data' ? undefined : await liveInput(context, live);
  if (input !== undefined) parameters[pipelineParameters.inputData] = input;
  const labelled = settings.retraining.data === 'base' ? undefined : await newestLabelled(data, useCase);
  if (labelled !== undefined) parameters[pipelineParameters.labelledData] = labelled.rowsUri;
  const champion = settings.champion ? await artefactOf(context, live) : undefined;
  if (champion !== undefined) parameters[pipelineParameters.champion] = champion;
  if (settings.approval === 'auto' && outsideEnvelope(settings, live).length > 0) {
    parameters[pipelineParameters.approval] = 'PendingManualApproval';
  }
  return parameters;
}

/** The raw data that the live model was trained on, when its execution is known. */
async function liveInput({ sagemaker }: Context, live: LiveManifest | undefined): Promise<string | undefined> {
  if (live?.execution_arn === undefined) return undefined;
  const { PipelineParameters: parameters = [] } = await sagemaker.send(
    new ListPipelineParametersForExecutionCommand({ PipelineExecutionArn: live.execution_arn, MaxResults: 100 }),
  );
  return parameters.find((each) => each.Name === pipelineParameters.inputData)?.Value;
}

/** Where the live model's artefact lies. */
async function artefactOf({ sagemaker }: Context, live: LiveManifest | undefined): Promise<string | undefined> {
  if (live === undefined) return undefined;
  const { InferenceSpecification: specification } = await sagemaker.send(
    new DescribeModelPackageCommand({ ModelPackageName: live.package_arn }),
  );
  return specification?.Containers?.[0]?.ModelDataUrl;
}
