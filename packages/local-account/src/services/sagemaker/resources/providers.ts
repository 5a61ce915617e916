import type { ResourceProvider } from '../../../core/provider';
import type { SageMakerCalls } from './calls';
import { hostingProviders } from './hosting';
import type { EndpointWaits } from './hosting';
import { modelPackageGroupProvider } from './model-package-group';
import { pipelineProvider } from './pipeline';

/** Every AWS::SageMaker type of the account. Monitoring schedules and job definitions are none of them: AWS refuses them to new accounts too. */
export function sageMakerProviders(calls: SageMakerCalls, endpoints: EndpointWaits): readonly ResourceProvider[] {
  return [pipelineProvider(calls), modelPackageGroupProvider(calls), ...hostingProviders(calls, endpoints)];
}
