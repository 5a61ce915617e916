import { validation } from '../../../../core/errors';
import { parseS3Uri } from '../../../../core/module';
import type { AccountParts } from '../../../../core/module';
import type { Json, Principal } from '../../../../core/service';
import { parseJson } from '../../../../core/json';
import { propertyFiles } from './definition/check';
import type { Definition } from './definition/definition';
import { follow, isObject, stringify } from './definition/expression';
import type { Scope } from './definition/expression';
import type { ExecutionRecord, ExecutionRecords } from './execution-record';

/** What the expressions of one execution see, read from the records at the moment they are asked for. */
export function executionScope(
  account: AccountParts,
  records: ExecutionRecords,
  execution: ExecutionRecord,
  definition: Definition,
  principal: Principal,
): Scope {
  const document = async (uri: string): Promise<Json> => {
    const { bucket, key } = parseS3Uri(uri);
    account.iam.authorize(principal, account.s3.permissions('s3:GetObject', bucket, key));
    try {
      return parseJson(account.s3.read(bucket, key).toString('utf8')) as Json;
    } catch (error) {
      throw validation(`${uri} cannot be read as JSON: ${(error as Error).message}`);
    }
  };
  const step = (name: string): Json => {
    const record = records.step(execution.arn, name);
    if (record?.status !== 'Succeeded' || record.properties === undefined)
      throw validation(`step '${name}' has not succeeded, so nothing of it can be read`);
    return record.properties;
  };
  const variables: Readonly<Record<string, () => string>> = {
    PipelineExecutionId: () => execution.id,
    PipelineName: () => execution.pipelineName,
    PipelineArn: () => execution.pipelineArn,
    PipelineExecutionArn: () => execution.arn,
    StartDateTime: () => execution.startTime,
    CurrentDateTime: () => account.clock.now().toISOString(),
    TrainingJobName: () => `pipelines-${execution.id}-training`,
    ProcessingJobName: () => `pipelines-${execution.id}-processing`,
  };
  const scope: Scope = {
    parameter: (name) => execution.parameters[name],
    execution: (name) => variables[name]?.(),
    experiment: (name) => experimentOf(definition, execution)[name],
    step,
    document,
    propertyFile: async (name, file) => {
      const owner = definition.steps.find((each) => each.name === name);
      const declared = owner === undefined ? undefined : propertyFiles(owner).find((each) => each.name === file);
      if (declared === undefined) throw validation(`step '${name}' declares no property file '${file}'`);
      const uri = follow(step(name), ['ProcessingOutputConfig', 'Outputs', declared.output, 'S3Output', 'S3Uri']);
      if (typeof uri !== 'string')
        throw validation(
          `property file '${file}' lies in output '${declared.output}' of step '${name}', which has no such output`,
        );
      return document(`${uri.replace(/\/+$/, '')}/${declared.path}`);
    },
  };
  return scope;
}

/** Experiment and trial of an execution: what its definition says, with variables and parameters replaced. */
export function experimentOf(
  definition: Definition,
  execution: Pick<ExecutionRecord, 'pipelineName' | 'id' | 'parameters'>,
): Readonly<Record<string, string>> {
  const plain = (value: Json | undefined, fallback: string): string => {
    if (typeof value === 'string') return value;
    const reference = isObject(value) && typeof value['Get'] === 'string' ? value['Get'] : '';
    if (reference === 'Execution.PipelineName') return execution.pipelineName;
    if (reference === 'Execution.PipelineExecutionId') return execution.id;
    const given = execution.parameters[reference.replace(/^Parameters\./, '')];
    return given === undefined ? fallback : stringify(given);
  };
  return {
    ExperimentName: plain(definition.experiment?.['ExperimentName'], execution.pipelineName),
    TrialName: plain(definition.experiment?.['TrialName'], execution.id),
  };
}
