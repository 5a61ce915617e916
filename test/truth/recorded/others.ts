import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { type RecordedCall } from './world';

export const ofOthers: readonly RecordedCall[] = [
  [
    'iam',
    'TestIAMExtensions::test_create_role_with_malformed_assume_ro',
    '',
    '400 MalformedPolicyDocument',
    (w) =>
      w.iam.send(
        new iam.CreateRoleCommand({ RoleName: 'malformed', AssumeRolePolicyDocument: '{"Version":""2012-10-17"}' }),
      ),
  ],
  [
    'iam',
    'TestIAMIntegrations::test_delete_non_existent_policy_returns',
    '',
    '404 NoSuchEntity',
    (w) =>
      w.iam.send(new iam.DeletePolicyCommand({ PolicyArn: 'arn:aws:iam::000000000000:policy/non-existent-policy' })),
  ],
  [
    'iam',
    'TestIAMIntegrations::test_role_attach_policy',
    'valid_arn_not_existent',
    '404 NoSuchEntity',
    (w) =>
      w.iam.send(
        new iam.AttachRolePolicyCommand({ RoleName: 'recorded', PolicyArn: 'arn:aws:iam::000000000000:policy/absent' }),
      ),
  ],
  [
    'iam',
    'TestIAMIntegrations::test_role_attach_policy',
    'non_existent_malformed_policy_arn',
    '400 ValidationError',
    (w) => w.iam.send(new iam.AttachRolePolicyCommand({ RoleName: 'recorded', PolicyArn: 'longpolicynamebutnoarn' })),
  ],
  [
    'logs',
    'TestLogsGroups::test_create_log_group_duplicate_error',
    '',
    '400 ResourceAlreadyExistsException',
    async (w) => {
      await w.logs.send(new logs.CreateLogGroupCommand({ logGroupName: 'twice' }));
      await w.logs.send(new logs.CreateLogGroupCommand({ logGroupName: 'twice' }));
    },
  ],
  [
    'logs',
    'TestLogsGroups::test_create_log_group_invalid_name_length',
    '',
    '400 InvalidParameterException',
    (w) => w.logs.send(new logs.CreateLogGroupCommand({ logGroupName: 'x'.repeat(513) })),
  ],
  [
    'logs',
    'TestLogsStreams::test_create_log_stream_duplicate_error',
    '',
    '400 ResourceAlreadyExistsException',
    async (w) => {
      await w.logs.send(new logs.CreateLogGroupCommand({ logGroupName: 'streams' }));
      await w.logs.send(new logs.CreateLogStreamCommand({ logGroupName: 'streams', logStreamName: 'one' }));
      await w.logs.send(new logs.CreateLogStreamCommand({ logGroupName: 'streams', logStreamName: 'one' }));
    },
  ],
  [
    'cloudwatch',
    'TestCloudwatch::test_invalid_dashboard_name',
    '',
    '400 InvalidParameterValue',
    (w) =>
      w.cloudwatch.send(
        new cloudwatch.PutDashboardCommand({ DashboardName: 'test:name', DashboardBody: '{"widgets":[]}' }),
      ),
  ],
  [
    'cloudwatch',
    'TestCloudwatch::test_invalid_amount_of_datapoints',
    'error-invalid-time-frame',
    '400 InvalidParameterValue',
    (w) =>
      w.cloudwatch.send(
        new cloudwatch.GetMetricStatisticsCommand({
          Namespace: 'n',
          MetricName: 'm',
          Period: 60,
          Statistics: ['Sum'],
          StartTime: new Date(1_000_000_000_000),
          EndTime: new Date(1_000_000_000_000),
        }),
      ),
  ],
  [
    'cloudwatch',
    'TestCloudwatch::test_invalid_amount_of_datapoints',
    'error-invalid-amount-datapoints',
    '400 InvalidParameterCombination',
    (w) =>
      w.cloudwatch.send(
        new cloudwatch.GetMetricStatisticsCommand({
          Namespace: 'n',
          MetricName: 'm',
          Period: 1,
          Statistics: ['Sum'],
          StartTime: new Date(1_000_000_000_000),
          EndTime: new Date(1_000_086_400_000),
        }),
      ),
  ],
  [
    'cloudwatch',
    'TestCloudwatch::test_put_metric_data_validation',
    'invalid-param-combination',
    '400 InvalidParameterCombination',
    (w) =>
      w.cloudwatch.send(
        new cloudwatch.PutMetricDataCommand({
          Namespace: 'n',
          MetricData: [{ MetricName: 'm', Value: 21, Values: [1] }],
        }),
      ),
  ],
  [
    'cloudwatch',
    'TestCloudwatch::test_put_metric_data_validation',
    'invalid-param-value',
    '400 InvalidParameterValue',
    (w) =>
      w.cloudwatch.send(
        new cloudwatch.PutMetricDataCommand({
          Namespace: 'n',
          MetricData: [{ MetricName: 'm', Values: [1, 2], Counts: [1] }],
        }),
      ),
  ],
  [
    'sts',
    'TestSTSIntegrations::test_sts_invalid_parameters',
    'malformed-arn',
    '400 ValidationError',
    (w) => w.sts.send(new sts.AssumeRoleCommand({ RoleArn: 'nothing-valid-in-here', RoleSessionName: 's1' })),
  ],
  [
    'sts',
    'TestSTSIntegrations::test_sts_invalid_parameters',
    'invalid-session-name',
    '400 ValidationError',
    (w) => w.sts.send(new sts.AssumeRoleCommand({ RoleArn: w.role, RoleSessionName: 'Session1:2' })),
  ],
];
