import { AwsError } from '../../../core/errors';
import { optionalText } from '../../../core/input';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import { pick } from '../../shared/resource-calls';
import { unlessMissing } from './calls';
import type { SageMakerCalls } from './calls';

/** Where a provider waits for an endpoint to be done with a change. */
export interface EndpointWaits {
  onSettled(name: string, callback: (document: Body) => void): void;
}

const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** AWS::SageMaker::Model and AWS::SageMaker::EndpointConfig: created and deleted, never changed. */
function immutableProvider(
  { account, call, tagList, tags }: SageMakerCalls,
  noun: 'Model' | 'EndpointConfig',
  resource: string,
  properties: readonly string[],
  accepted: Readonly<Record<string, string>>,
): ResourceProvider {
  const name = (given: Body, context: ResourceContext): string =>
    optionalText(given, `${noun}Name`) ?? context.generateName(63);
  const provisioned = (physicalId: string): Provisioned => ({
    physicalId,
    attributes: { [`${noun}Name`]: nameIn(physicalId), [`${noun}Arn`]: physicalId },
  });
  const arn = (given: Body, context: ResourceContext): string =>
    account.arn('sagemaker', `${resource}/${name(given, context)}`);
  return {
    type: `AWS::SageMaker::${noun}`,
    properties: [...properties, `${noun}Name`, 'Tags'],
    accepted,
    replacedBy: [...properties, `${noun}Name`],
    attributes: [`${noun}Name`, `${noun}Arn`],
    physicalIdOf: arn,
    create: async (given, context) => {
      await call(`Create${noun}`, {
        ...pick(given, properties),
        [`${noun}Name`]: name(given, context),
        Tags: tagList(given, context),
      });
      return provisioned(arn(given, context));
    },
    update: (physicalId, given, _previous, context) => {
      tags.replace(physicalId, { Tags: tagList(given, context) });
      return provisioned(physicalId);
    },
    delete: (physicalId) => unlessMissing(call(`Delete${noun}`, { [`${noun}Name`]: nameIn(physicalId) })),
  };
}

/** AWS::SageMaker::Endpoint. Waits until the endpoint serves what the template says; a rollback is a failed update. */
function endpointProvider(
  { account, call, tagList, tags }: SageMakerCalls,
  endpoints: EndpointWaits,
): ResourceProvider {
  const name = (given: Body, context: ResourceContext): string =>
    optionalText(given, 'EndpointName') ?? context.generateName(63);
  const settled = async (endpoint: string, config: string): Promise<Provisioned> => {
    const document = await new Promise<Body>((done) => endpoints.onSettled(endpoint, done));
    if (document['EndpointStatus'] !== 'InService' || document['EndpointConfigName'] !== config) {
      throw new AwsError(
        'GeneralServiceException',
        `endpoint '${endpoint}' is ${String(document['EndpointStatus'])} on '${String(document['EndpointConfigName'])}', not on '${config}': ${String(document['FailureReason'] ?? 'no reason is known')}`,
      );
    }
    return {
      physicalId: String(document['EndpointArn']),
      attributes: { EndpointName: endpoint, EndpointArn: document['EndpointArn'] },
    };
  };
  const updating = [
    'EndpointConfigName',
    'DeploymentConfig',
    'RetainAllVariantProperties',
    'RetainDeploymentConfig',
    'ExcludeRetainedVariantProperties',
  ];
  const config = (given: Body): string => nameIn(String(given['EndpointConfigName']));
  return {
    type: 'AWS::SageMaker::Endpoint',
    properties: ['EndpointName', 'Tags', ...updating],
    replacedBy: ['EndpointName'],
    attributes: ['EndpointName', 'EndpointArn'],
    physicalIdOf: (given, context) => account.arn('sagemaker', `endpoint/${name(given, context)}`),
    create: async (given, context) => {
      await call('CreateEndpoint', {
        EndpointName: name(given, context),
        EndpointConfigName: config(given),
        Tags: tagList(given, context),
      });
      return settled(name(given, context), config(given));
    },
    update: async (physicalId, given, previous, context) => {
      const endpoint = nameIn(physicalId);
      if (config(given) !== config(previous))
        await call('UpdateEndpoint', {
          ...pick(given, updating),
          EndpointName: endpoint,
          EndpointConfigName: config(given),
        });
      tags.replace(physicalId, { Tags: tagList(given, context) });
      return settled(endpoint, config(given));
    },
    delete: (physicalId) => unlessMissing(call('DeleteEndpoint', { EndpointName: nameIn(physicalId) })),
  };
}

export function hostingProviders(calls: SageMakerCalls, endpoints: EndpointWaits): readonly ResourceProvider[] {
  const network = {
    VpcConfig: 'there is no VPC on a laptop',
    EnableNetworkIsolation: 'processes of a laptop share its network',
  };
  return [
    immutableProvider(
      calls,
      'Model',
      'model',
      // Isolated containers have no package index: those that would install from one fail to start.
      ['Containers', 'EnableNetworkIsolation', 'ExecutionRoleArn', 'InferenceExecutionConfig', 'PrimaryContainer'],
      { VpcConfig: network.VpcConfig },
    ),
    immutableProvider(
      calls,
      'EndpointConfig',
      'endpoint-config',
      [
        'AsyncInferenceConfig',
        'DataCaptureConfig',
        'ExecutionRoleArn',
        'ProductionVariants',
        'ShadowProductionVariants',
      ],
      { ...network, KmsKeyId: 'files of the account are not encrypted' },
    ),
    endpointProvider(calls, endpoints),
  ];
}
