/** The pipeline definition as JSON: what SageMaker reads, whoever wrote it. */

export type Primitive = string | number | boolean;
export type Json = Primitive | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The step types that this language has a class for. */
export const STEP_TYPES = [
  'Processing',
  'Training',
  'Tuning',
  'Transform',
  'Model',
  'RegisterModel',
  'Condition',
  'Fail',
  'Lambda',
  'Callback',
  'QualityCheck',
  'ClarifyCheck',
  'EMR',
  'EMRServerless',
  'AutoML',
  'Endpoint',
  'EndpointConfig',
] as const;
export type StepType = (typeof STEP_TYPES)[number];

/** Step types that newer SDKs emit: the checker follows their names and references, but not their arguments. */
export const FOREIGN_STEP_TYPES = [
  'ForEach',
  'Cleanup',
  'Job',
  'InferenceComponent',
  'Lineage',
  'BedrockCustomModel',
  'BedrockCustomModelDeployment',
  'BedrockProvisionedModelThroughput',
  'BedrockModelImport',
] as const;

export const PARAMETER_TYPES = ['String', 'Integer', 'Float', 'Boolean'] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

export interface ParameterDefinition extends JsonObject {
  readonly Name: string;
  readonly Type: ParameterType;
}

export interface StepDefinition extends JsonObject {
  readonly Name: string;
  readonly Type: string;
  readonly Arguments: JsonObject;
}

export interface PipelineDefinition extends JsonObject {
  readonly Version: '2020-12-01';
  readonly Metadata: JsonObject;
  readonly Parameters: readonly ParameterDefinition[];
  readonly PipelineExperimentConfig: JsonObject | null;
  readonly Steps: readonly StepDefinition[];
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
