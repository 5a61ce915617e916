import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { resourceNames, type StageName } from '../../contracts/names';
import type { Clients } from './clients';

/** What an endpoint serves now. */
export interface EndpointState {
  readonly name: string;
  readonly status: string;
  readonly config?: string;
  /** Model package the live variant was made from. */
  readonly packageArn?: string;
  readonly version?: number;
  readonly reason?: string;
}

export const versionOf = (packageArn: string | undefined): number | undefined =>
  packageArn === undefined ? undefined : Number(packageArn.split('/').at(-1));

/** State of a use case's endpoint, or undefined when it does not exist. */
export async function readEndpoint(
  clients: Clients,
  useCase: string,
  stage: StageName = 'production',
): Promise<EndpointState | undefined> {
  const name = resourceNames.endpoint(useCase, stage);
  const endpoint = await clients.sagemaker
    .send(new DescribeEndpointCommand({ EndpointName: name }))
    .catch((error: Error) => {
      if (/does not exist|could not find/i.test(error.message)) return undefined;
      throw error;
    });
  if (endpoint === undefined) return undefined;
  const config = endpoint.EndpointConfigName;
  const state = { name, status: endpoint.EndpointStatus ?? '', config, reason: endpoint.FailureReason };
  if (config === undefined) return state;
  const described = await clients.sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: config }));
  const model = described.ProductionVariants?.[0]?.ModelName;
  if (model === undefined) return state;
  const { PrimaryContainer, Containers } = await clients.sagemaker.send(new DescribeModelCommand({ ModelName: model }));
  const packageArn = (PrimaryContainer ?? Containers?.[0])?.ModelPackageName;
  return { ...state, packageArn, version: versionOf(packageArn) };
}

/** One prediction: a CSV row of raw features in, label and score out. */
export async function invoke(clients: Clients, endpoint: string, row: string, inferenceId?: string): Promise<string> {
  const answer = await clients.runtime.send(
    new InvokeEndpointCommand({
      EndpointName: endpoint,
      ContentType: 'text/csv',
      Accept: 'text/csv',
      Body: Buffer.from(row),
      ...(inferenceId === undefined ? {} : { InferenceId: inferenceId }),
    }),
  );
  return Buffer.from(answer.Body ?? [])
    .toString()
    .trim();
}
