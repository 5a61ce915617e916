import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  type CodePipelineClient,
  ListPipelinesCommand as ListPipelinesOfReleasesCommand,
} from '@aws-sdk/client-codepipeline';
import { ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import {
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelPackageGroupsCommand,
  ListModelsCommand,
  ListPipelinesCommand,
} from '@aws-sdk/client-sagemaker';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import { DescribeParametersCommand } from '@aws-sdk/client-ssm';
import type { Clients } from '../../../cli/shared/clients';

/** What there is in the account, by kind and name. */
export async function listing(clients: Clients, codepipeline: CodePipelineClient): Promise<readonly string[]> {
  const { s3, cloudformation, sagemaker, lambda, cloudwatch, events, sns, ssm } = clients;
  const found = (await Promise.all([
    s3.send(new ListBucketsCommand({})).then(({ Buckets = [] }) => Buckets.map(({ Name }) => `bucket ${Name ?? ''}`)),
    cloudformation
      .send(new DescribeStacksCommand({}))
      .then(({ Stacks = [] }) => Stacks.map(({ StackName }) => `stack ${StackName ?? ''}`)),
    sagemaker
      .send(new ListEndpointsCommand({}))
      .then(({ Endpoints = [] }) => Endpoints.map(({ EndpointName }) => `endpoint ${EndpointName ?? ''}`)),
    sagemaker
      .send(new ListEndpointConfigsCommand({}))
      .then(({ EndpointConfigs = [] }) =>
        EndpointConfigs.map((each) => `configuration ${each.EndpointConfigName ?? ''}`),
      ),
    sagemaker
      .send(new ListModelsCommand({}))
      .then(({ Models = [] }) => Models.map(({ ModelName }) => `model ${ModelName ?? ''}`)),
    sagemaker
      .send(new ListPipelinesCommand({}))
      .then(({ PipelineSummaries = [] }) => PipelineSummaries.map((each) => `pipeline ${each.PipelineName ?? ''}`)),
    sagemaker
      .send(new ListModelPackageGroupsCommand({}))
      .then(({ ModelPackageGroupSummaryList = [] }) =>
        ModelPackageGroupSummaryList.map((each) => `package group ${each.ModelPackageGroupName ?? ''}`),
      ),
    lambda
      .send(new ListFunctionsCommand({}))
      .then(({ Functions = [] }) => Functions.map(({ FunctionName }) => `function ${FunctionName ?? ''}`)),
    cloudwatch
      .send(new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }))
      .then(({ MetricAlarms = [], CompositeAlarms = [] }) =>
        [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => `alarm ${AlarmName ?? ''}`),
      ),
    events.send(new ListRulesCommand({})).then(({ Rules = [] }) => Rules.map(({ Name }) => `rule ${Name ?? ''}`)),
    sns
      .send(new ListTopicsCommand({}))
      .then(({ Topics = [] }) => Topics.map(({ TopicArn }) => `topic ${TopicArn ?? ''}`)),
    ssm
      .send(new DescribeParametersCommand({}))
      .then(({ Parameters = [] }) => Parameters.map(({ Name }) => `parameter ${Name ?? ''}`)),
    codepipeline
      .send(new ListPipelinesOfReleasesCommand({}))
      .then(({ pipelines = [] }) => pipelines.map(({ name }) => `release pipeline ${name ?? ''}`)),
  ])) as readonly (readonly string[])[];
  return found.flat().sort();
}
