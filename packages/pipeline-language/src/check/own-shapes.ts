import type { Shape } from './shape-types';

const text: Shape = { type: 'string', min: 1 };

/** Shapes of what the SageMaker model does not describe: members beside Arguments, and the bodies for other services. */
export const OWN_SHAPES: Readonly<Record<string, Shape>> = {
  Text: text,
  Flag: { type: 'boolean' },
  Message: { type: 'string' },
  DisplayName: { type: 'string', max: 256 },
  Description: { type: 'string', max: 3072 },
  Texts: { type: 'list', member: 'Text' },
  Payload: { type: 'any' },
  FailArguments: { type: 'structure', members: { ErrorMessage: 'Message' }, required: ['ErrorMessage'] },
  CallArguments: { type: 'map', key: 'Text', value: 'Payload' },
  QualityCheckType: { type: 'string', enum: ['DATA_QUALITY', 'MODEL_QUALITY'] },
  ClarifyCheckType: { type: 'string', enum: ['DATA_BIAS', 'MODEL_BIAS', 'MODEL_EXPLAINABILITY'] },
  OutputParameters: { type: 'list', member: 'OutputParameter', max: 50 },
  OutputParameter: {
    type: 'structure',
    members: { OutputName: 'Text', OutputType: 'OutputType' },
    required: ['OutputName', 'OutputType'],
  },
  OutputType: { type: 'string', enum: ['String', 'Integer', 'Boolean', 'Float'] },
  PropertyFiles: { type: 'list', member: 'PropertyFile' },
  PropertyFile: {
    type: 'structure',
    members: { PropertyFileName: 'Text', OutputName: 'Text', FilePath: 'Text' },
    required: ['FilePath', 'OutputName', 'PropertyFileName'],
  },
  EmrArguments: {
    type: 'structure',
    members: { ClusterId: 'Text', ClusterConfig: 'Payload', ExecutionRoleArn: 'Text', StepConfig: 'EmrStepConfig' },
    required: ['StepConfig'],
  },
  EmrStepConfig: {
    type: 'structure',
    members: { Name: 'Text', ActionOnFailure: 'Text', HadoopJarStep: 'HadoopJarStep' },
    required: ['HadoopJarStep'],
  },
  HadoopJarStep: {
    type: 'structure',
    members: { Jar: 'Text', Args: 'Texts', MainClass: 'Text', Properties: 'KeyValues' },
    required: ['Jar'],
  },
  KeyValues: { type: 'list', member: 'KeyValue' },
  KeyValue: { type: 'structure', members: { Key: 'Text', Value: 'Text' } },
  EmrServerlessArguments: {
    type: 'structure',
    members: {
      ExecutionRoleArn: 'Text',
      ApplicationId: 'Text',
      ApplicationConfig: 'Payload',
      JobConfig: 'EmrServerlessJob',
    },
    required: ['ExecutionRoleArn', 'JobConfig'],
  },
  EmrServerlessJob: {
    type: 'structure',
    members: {
      applicationId: 'Text',
      executionRoleArn: 'Text',
      jobDriver: 'Payload',
      configurationOverrides: 'Payload',
      executionTimeoutMinutes: 'Payload',
      name: 'Text',
      tags: 'Payload',
    },
    required: ['jobDriver'],
  },
};

const CHECK = {
  CheckType: 'Text',
  ModelPackageGroupName: 'Text',
  SkipCheck: 'Flag',
  FailOnViolation: 'Flag',
  RegisterNewBaseline: 'Flag',
};
const SUPPLIED = { SuppliedBaselineConstraints: 'Text' };

/** Members beside Arguments that only some types have, with their shapes. */
export const MEMBERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Processing: { PropertyFiles: 'PropertyFiles' },
  Lambda: { FunctionArn: 'Text', OutputParameters: 'OutputParameters' },
  Callback: { SqsQueueUrl: 'Text', OutputParameters: 'OutputParameters' },
  QualityCheck: { ...CHECK, ...SUPPLIED, CheckType: 'QualityCheckType', SuppliedBaselineStatistics: 'Text' },
  ClarifyCheck: { ...CHECK, ...SUPPLIED, CheckType: 'ClarifyCheckType', ModelName: 'Text' },
};

/** Of these, the ones that must be there. */
export const REQUIRED_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  Lambda: ['FunctionArn'],
  Callback: ['SqsQueueUrl'],
  QualityCheck: ['CheckType'],
  ClarifyCheck: ['CheckType'],
};

/** Properties of steps that answer with less than a Describe call. */
export const OWN_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  Condition: ['Outcome'],
  QualityCheck: [
    'CalculatedBaselineConstraints',
    'CalculatedBaselineStatistics',
    'BaselineUsedForDriftCheckConstraints',
    'BaselineUsedForDriftCheckStatistics',
  ],
  ClarifyCheck: ['CalculatedBaselineConstraints', 'BaselineUsedForDriftCheckConstraints'],
  AutoML: [
    'BestCandidateProperties.ModelInsightsJsonReportPath',
    'BestCandidateProperties.ExplainabilityJsonReportPath',
  ],
  Fail: [],
};
