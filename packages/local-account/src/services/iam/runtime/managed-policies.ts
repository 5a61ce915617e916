import type { Body } from '../../../core/service';

const allow = (actions: readonly string[], resource = '*'): Body => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }],
});

const logging = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** AWS managed policies the account knows, by the part of the arn behind `policy/`. Others cannot be attached. */
export const awsManagedPolicies: Readonly<Record<string, Body>> = {
  AdministratorAccess: allow(['*']),
  ReadOnlyAccess: allow(['*:Get*', '*:List*', '*:Describe*', '*:BatchGet*']),
  AWSCloudFormationReadOnlyAccess: allow([
    'cloudformation:Describe*',
    'cloudformation:EstimateTemplateCost',
    'cloudformation:Get*',
    'cloudformation:List*',
    'cloudformation:ValidateTemplate',
    'cloudformation:Detect*',
    'cloudformation:BatchDescribe*',
  ]),
  AmazonS3FullAccess: allow(['s3:*', 's3-object-lambda:*']),
  AmazonS3ReadOnlyAccess: allow(['s3:Get*', 's3:List*', 's3:Describe*']),
  AmazonSSMReadOnlyAccess: allow(['ssm:Describe*', 'ssm:Get*', 'ssm:List*']),
  CloudWatchReadOnlyAccess: allow([
    'cloudwatch:Describe*',
    'cloudwatch:Get*',
    'cloudwatch:List*',
    'logs:Get*',
    'logs:List*',
    'logs:Describe*',
    'logs:FilterLogEvents',
    'sns:Get*',
    'sns:List*',
  ]),
  AmazonEC2ContainerRegistryReadOnly: allow([
    'ecr:GetAuthorizationToken',
    'ecr:BatchCheckLayerAvailability',
    'ecr:GetDownloadUrlForLayer',
    'ecr:DescribeRepositories',
    'ecr:ListImages',
    'ecr:DescribeImages',
    'ecr:BatchGetImage',
  ]),
  AWSXRayDaemonWriteAccess: allow([
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:GetSamplingStatisticSummaries',
  ]),
  CloudWatchLambdaInsightsExecutionRolePolicy: allow(logging),
  'service-role/AWSLambdaBasicExecutionRole': allow(logging),
  'service-role/AWSLambdaVPCAccessExecutionRole': allow([
    ...logging,
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DeleteNetworkInterface',
  ]),
  'service-role/AWSLambdaSQSQueueExecutionRole': allow([
    ...logging,
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
  ]),
  'service-role/AmazonAPIGatewayPushToCloudWatchLogs': allow([
    ...logging,
    'logs:DescribeLogGroups',
    'logs:DescribeLogStreams',
    'logs:GetLogEvents',
    'logs:FilterLogEvents',
  ]),
};
