import { bodies, body, optionalText } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body, Permission } from '../../../core/service';
import { volumePermissions } from '../../shared/encryption';

/** Operation's resource: part of the ARN before the name, and the member that names it. Operations on lists have none. */
const resources: readonly (readonly [pattern: RegExp, resource: string, member: string])[] = [
  [/^(Create|Describe|Stop)ProcessingJob$/, 'processing-job', 'ProcessingJobName'],
  [/^(Create|Describe|Stop)TrainingJob$/, 'training-job', 'TrainingJobName'],
  [/^(Create|Describe|Stop)TransformJob$/, 'transform-job', 'TransformJobName'],
  [
    /^(Create|Describe|Stop|ListTrainingJobsFor)HyperParameterTuningJob$/,
    'hyper-parameter-tuning-job',
    'HyperParameterTuningJobName',
  ],
  [/^(Create|Update|Delete|Describe|Start)Pipeline(Execution)?$/, 'pipeline', 'PipelineName'],
  [/^ListPipelineExecutions$/, 'pipeline', 'PipelineName'],
  [/^(Create|Delete|Describe)Model$/, 'model', 'ModelName'],
  [/^(Create|Delete|Describe)EndpointConfig$/, 'endpoint-config', 'EndpointConfigName'],
  [/^(Create|Update|Delete|Describe)Endpoint$/, 'endpoint', 'EndpointName'],
  [/^UpdateEndpointWeightsAndCapacities$/, 'endpoint', 'EndpointName'],
  [/^(Create|Delete|Describe)ModelPackageGroup$/, 'model-package-group', 'ModelPackageGroupName'],
  [/^CreateModelPackage$/, 'model-package', 'ModelPackageGroupName'],
];

/** Members that hold an ARN already. */
const arnMembers = ['PipelineExecutionArn', 'ModelPackageArn', 'ModelPackageName', 'ResourceArn', 'PipelineArn'];

/** Roles a request hands to SageMaker: the caller must be allowed to pass each. */
function passed(input: Body): readonly string[] {
  const nested = [body(input, 'TrainingJobDefinition'), ...bodies(input, 'TrainingJobDefinitions')];
  return [
    optionalText(input, 'RoleArn'),
    optionalText(input, 'ExecutionRoleArn'),
    ...nested.map((each) => optionalText(each, 'RoleArn')),
  ].flatMap((each) => each ?? []);
}

/** What a caller of a SageMaker operation must be allowed to do. */
export function permissionsOf(account: AccountParts, operation: string, input: Body): readonly Permission[] {
  const pass = passed(input).map((resource) => ({
    action: 'iam:PassRole',
    resource,
    context: { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
  }));
  const resources = resourcesOf(account, operation, input);
  // What is created with tags is tagged by its creator.
  const tagged = /^Create/.test(operation) && bodies(input, 'Tags').length > 0;
  return [
    ...resources.map((resource) => ({ action: `sagemaker:${operation}`, resource })),
    ...(tagged ? resources.map((resource) => ({ action: 'sagemaker:AddTags', resource })) : []),
    ...pass,
    ...guardrailsOf(account, input),
    ...(operation === 'CreateEndpointConfig' ? volumePermissions(account, optionalText(input, 'KmsKeyId')) : []),
  ];
}

/** The alarms that may roll a deployment back are looked up for whoever starts it. */
export function guardrailsOf(account: AccountParts, input: Body): readonly Permission[] {
  const alarms = bodies(body(body(input, 'DeploymentConfig'), 'AutoRollbackConfiguration'), 'Alarms');
  return alarms.map((each) => ({
    action: 'cloudwatch:DescribeAlarms',
    resource: account.arn('cloudwatch', `alarm:${optionalText(each, 'AlarmName') ?? ''}`),
  }));
}

function resourcesOf(account: AccountParts, operation: string, input: Body): readonly string[] {
  if (operation === 'CreateEndpoint' || operation === 'UpdateEndpoint') {
    const name = optionalText(input, 'EndpointConfigName') ?? '';
    return [
      account.arn('sagemaker', `endpoint/${optionalText(input, 'EndpointName') ?? ''}`),
      account.arn('sagemaker', `endpoint-config/${name}`),
    ];
  }
  for (const [pattern, resource, member] of resources) {
    const value = optionalText(input, member);
    if (!pattern.test(operation) || value === undefined) continue;
    if (value.startsWith('arn:')) return [value];
    return [account.arn('sagemaker', `${resource}/${value}${operation === 'CreateModelPackage' ? '/*' : ''}`)];
  }
  // Of the lists only those of one thing (tags, an execution's steps and parameters) name a resource.
  if (/^List(?!Tags$|PipelineExecutionSteps$|PipelineParametersForExecution$)/.test(operation)) return ['*'];
  const arn = arnMembers.map((each) => optionalText(input, each)).find((each) => each?.startsWith('arn:') === true);
  return [arn ?? '*'];
}
