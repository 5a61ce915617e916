import type { Pipeline } from '../../src';
import * as checks from './checks';
import * as pipelines from './pipelines';

/** Every twin under the name of its golden. */
export const TWINS: Readonly<Record<string, (name: string) => Pipeline>> = {
  parameters: pipelines.parameters,
  'quality-gate': pipelines.qualityGate,
  'quality-gate-fails': pipelines.qualityGateFails,
  conditions: pipelines.conditions,
  'one-sided': pipelines.oneSided,
  'around-steps': pipelines.aroundSteps,
  tuning: pipelines.tuning,
  'source-code': pipelines.sourceCode,
  'batch-transform': pipelines.batchTransform,
  endpoint: pipelines.endpoint,
  function: pipelines.lambdaFunction,
  callback: pipelines.callback,
  'json-from-s3': pipelines.jsonFromS3,
  large: pipelines.large,
  emr: pipelines.emr,
  'quality-checks': checks.qualityChecks,
  'clarify-checks': checks.clarifyChecks,
};
