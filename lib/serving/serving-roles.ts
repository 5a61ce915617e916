import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { deploymentNamespace } from '../../contracts/metrics';
import { prefixes, type StageName } from '../../contracts/names';
import type { Asynchronous } from '@mooring/use-case/sections/serving-variety';
import type { Stage, UseCase } from '@mooring/use-case/use-case';
import { arn, roleArn } from '../config/arn';
import { allow, allowKey, allowPassToSageMaker, allowRead, allowVolumes, allowWrite } from '../config/grants';
import { allowJobsInVpc } from '../config/network';
import type { Foundation } from '../foundation/foundation-stack';
import type { PrebuiltImages } from '../training/images';
import { allowContainerRuntime } from '../training/job-runtime';
import { newsTopicArn } from '../news/news-topic';

export interface ServingRolesProps {
  readonly foundation: Foundation;
  readonly useCase: UseCase;
  readonly images: PrebuiltImages;
  readonly endpointName: string;
  readonly stageName: StageName;
  readonly stage: Stage;
}

/** Role of the models: reads artefacts, writes captured requests; of asynchronous ones also reads requests and writes answers. */
export function createModelRole(scope: Construct, id: string, props: ServingRolesProps): iam.Role {
  const { foundation, useCase, images, endpointName } = props;
  const role = new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
    description: `Models of ${useCase.name}`,
  });
  allowRead(role, 'Executions', foundation.artifactBucket, [prefixes.executions(useCase.name)]);
  // Without this, capture stays silent: SageMaker reports no error.
  allowWrite(role, 'Capture', foundation.dataBucket, [prefixes.capture(useCase.name)]);
  allowKey(role, foundation.key);
  allowContainerRuntime(role, images, useCase.training.image);
  allow(role, 'Guardrails', ['cloudwatch:DescribeAlarms'], [guardrailArn(endpointName)], { because: perVersion });
  allowVolumes(role, foundation.key);
  allowJobsInVpc(role, useCase.network);
  if (props.stage.async !== undefined) allowAnswering(role, props, props.stage.async);
  return role;
}

/** What SageMaker does with the model's role around each asynchronous request. */
function allowAnswering(role: iam.Role, props: ServingRolesProps, { notify }: Asynchronous): void {
  const { foundation, useCase, stageName } = props;
  allowRead(role, 'Requests', foundation.dataBucket, [prefixes.asyncInput(useCase.name, stageName)]);
  allowWrite(role, 'Answers', foundation.dataBucket, [
    prefixes.asyncOutput(useCase.name, stageName),
    prefixes.asyncFailures(useCase.name, stageName),
  ]);
  if (notify !== 'none') allow(role, 'Tell', ['sns:Publish'], [newsTopicArn(useCase.name)]);
}

export interface DeployGrants extends ServingRolesProps {
  readonly role: iam.Role;
  readonly modelRole: iam.Role;
  readonly packageGroupName: string;
}

/** What the deploy function may do: this endpoint, its configurations and models, this group's versions. */
export function allowDeploying(props: DeployGrants): void {
  const { role, foundation, useCase, endpointName, packageGroupName, stageName } = props;
  const made = (type: string): string => arn('sagemaker', `${type}/${endpointName}-v*`);
  const endpoint = arn('sagemaker', `endpoint/${endpointName}`);
  allow(
    role,
    'Configurations',
    ['CreateModel', 'DeleteModel', 'CreateEndpointConfig', 'DeleteEndpointConfig', 'AddTags'].map(
      (action) => `sagemaker:${action}`,
    ),
    [made('model'), made('endpoint-config')],
    { because: perVersion },
  );
  allow(
    role,
    'Endpoint',
    ['CreateEndpoint', 'UpdateEndpoint', 'DeleteEndpoint', 'DescribeEndpoint', 'InvokeEndpoint'].map(
      (action) => `sagemaker:${action}`,
    ),
    [endpoint, made('endpoint-config')],
    { because: perVersion },
  );
  allow(role, 'ListConfigurations', ['sagemaker:ListEndpointConfigs', 'sagemaker:ListModels'], ['*'], {
    because: 'the actions know no resource; the function asks for names of its own configurations and models',
  });
  allow(
    role,
    'Versions',
    ['sagemaker:DescribeModelPackage', 'sagemaker:UpdateModelPackage'],
    [arn('sagemaker', `model-package/${packageGroupName}/*`)],
    { because: 'versions are numbered by the registry, inside the own group' },
  );
  allow(
    role,
    'Guardrails',
    ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms'],
    [guardrailArn(endpointName)],
    { because: perVersion },
  );
  allow(role, 'CountCapture', ['cloudwatch:PutMetricData'], ['*'], {
    conditions: { StringEquals: { 'cloudwatch:namespace': deploymentNamespace } },
    because: 'the action knows no resource; the condition bounds it to one namespace',
  });
  allowPassToSageMaker(role, props.modelRole);
  allowRead(role, 'Artifacts', foundation.artifactBucket, [
    prefixes.executions(useCase.name),
    prefixes.live(useCase.name, stageName),
    prefixes.markers(useCase.name),
    prefixes.tests(useCase.name),
  ]);
  allowWrite(role, 'Artifacts', foundation.artifactBucket, [
    prefixes.live(useCase.name, stageName),
    prefixes.markers(useCase.name),
  ]);
  allow(role, 'ListCapture', ['s3:ListBucket'], [foundation.dataBucket.bucketArn], {
    conditions: { StringLike: { 's3:prefix': [`${prefixes.capture(useCase.name)}/*`] } },
  });
  allow(role, 'Publish', ['sns:Publish'], [newsTopicArn(useCase.name)]);
  allowKey(role, foundation.key);
  allowVolumes(role, foundation.key);
  allowDescaling(role, endpointName);
  if (props.stage.autoscaling !== undefined) allowScaling(role, endpointName);
  if (props.stage.async !== undefined) allowAsking(props);
}

/** The smoke test of an asynchronous stage goes through S3. */
function allowAsking({ role, foundation, useCase, stageName, endpointName }: DeployGrants): void {
  allow(role, 'Ask', ['sagemaker:InvokeEndpointAsync'], [arn('sagemaker', `endpoint/${endpointName}`)]);
  allowWrite(role, 'Requests', foundation.dataBucket, [`${prefixes.asyncInput(useCase.name, stageName)}/smoke-test`]);
  allowRead(role, 'Answers', foundation.dataBucket, [
    prefixes.asyncOutput(useCase.name, stageName),
    prefixes.asyncFailures(useCase.name, stageName),
  ]);
}

const scalingOfSageMaker = { StringEquals: { 'application-autoscaling:service-namespace': 'sagemaker' } };
const randomTargets = 'targets get random ids; the condition bounds them to SageMaker';
const targets = (): string => arn('application-autoscaling', 'scalable-target/*');

/** Alarms that target tracking makes, named by the service after what it scales. */
function trackingAlarms(endpointName: string): string {
  return arn('cloudwatch', `alarm:TargetTracking-endpoint/${endpointName}/variant/*`);
}

/** A use case that asked for scaling once may not ask for it any more: its target goes before the next update. */
function allowDescaling(role: iam.Role, endpointName: string): void {
  allow(role, 'Descaling', ['application-autoscaling:DeregisterScalableTarget'], [targets()], {
    conditions: scalingOfSageMaker,
    because: randomTargets,
  });
  allow(
    role,
    'TrackingAlarms',
    ['cloudwatch:DescribeAlarms', 'cloudwatch:DeleteAlarms'],
    [trackingAlarms(endpointName)],
    {
      because: 'Application Auto Scaling asks whether its caller may remove the alarms that it named with random ids',
    },
  );
}

/**
 * Application Auto Scaling does its work by a role of its own, but validates first that its caller may do the same: look at the
 * endpoint, change its capacity, make the alarms of target tracking.
 */
function allowScaling(role: iam.Role, endpointName: string): void {
  allow(
    role,
    'Scaling',
    ['RegisterScalableTarget', 'PutScalingPolicy'].map((action) => `application-autoscaling:${action}`),
    [targets()],
    { conditions: scalingOfSageMaker, because: randomTargets },
  );
  // The service knows no condition on its namespace for this one.
  allow(role, 'ScalingTags', ['application-autoscaling:TagResource'], [targets()], { because: randomTargets });
  allow(
    role,
    'ScaledEndpoint',
    ['sagemaker:UpdateEndpointWeightsAndCapacities'],
    [arn('sagemaker', `endpoint/${endpointName}`)],
  );
  allow(
    role,
    'ScaledConfigurations',
    ['sagemaker:DescribeEndpointConfig'],
    [arn('sagemaker', `endpoint-config/${endpointName}-v*`)],
    { because: perVersion },
  );
  allow(role, 'ScalingAlarms', ['cloudwatch:PutMetricAlarm'], [trackingAlarms(endpointName)], {
    because: 'Application Auto Scaling asks whether its caller may make the alarms that it names with random ids',
  });
  const linked = 'sagemaker.application-autoscaling.amazonaws.com';
  allow(
    role,
    'ScalingRole',
    ['iam:CreateServiceLinkedRole'],
    [roleArn(`aws-service-role/${linked}/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`)],
    { conditions: { StringEquals: { 'iam:AWSServiceName': linked } } },
  );
}

/** Why models, configurations and guardrail alarms cannot be listed beforehand. */
const perVersion = 'each deployed version has its own, named after the endpoint and the version';

function guardrailArn(endpointName: string): string {
  return arn('cloudwatch', `alarm:${endpointName}-v*`);
}
