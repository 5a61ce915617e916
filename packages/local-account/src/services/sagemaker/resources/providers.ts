import type { ResourceProvider } from '../core/provider';
import type { SageMakerCalls } from './sagemaker-calls';
import { hostingProviders } from './sagemaker-hosting';
import type { EndpointWaits } from './sagemaker-hosting';
import { modelPackageGroupProvider } from './sagemaker-model-package-group';
import { pipelineProvider } from './sagemaker-pipeline';

/** Every AWS::SageMaker type of the account. Monitoring schedules and job definitions are none of them: AWS refuses them to new accounts too. */
export function sageMakerProviders(calls: SageMakerCalls, endpoints: EndpointWaits): readonly ResourceProvider[] {
  return [pipelineProvider(calls), modelPackageGroupProvider(calls), ...hostingProviders(calls, endpoints)];
}
