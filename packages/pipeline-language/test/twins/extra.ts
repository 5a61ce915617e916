// Pipelines that have no golden: the SDK of requirements/sdk.txt has no way to make the arguments of an AutoML step.
import { AutoMLStep, type Pipeline } from '../../src';
import { ROLE, pipeline, register, s3 } from './parts';

export function autoMl(name: string): Pipeline {
  const search = new AutoMLStep('Search', {
    arguments: {
      RoleArn: ROLE,
      AutoMLJobConfig: { Mode: 'ENSEMBLING', CompletionCriteria: { MaxAutoMLJobRuntimeInSeconds: 3600 } },
      AutoMLJobObjective: { MetricName: 'F1' },
      ProblemType: 'BinaryClassification',
      InputDataConfig: [
        { TargetAttributeName: 'y', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: s3('raw') } } },
      ],
      OutputDataConfig: { S3OutputPath: s3('automl') },
    },
    cache: { expireAfter: 'P1D' },
  });
  const best = search.properties.BestCandidate.InferenceContainers.at(0).ModelDataUrl;
  return pipeline(name, [search, register(best)]);
}
