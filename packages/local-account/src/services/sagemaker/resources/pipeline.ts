import { body, optionalText, text } from '../../../core/input';
import type { Provisioned, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import { jsonText } from '../../shared/resource-calls';
import { unlessMissing } from './calls';
import type { SageMakerCalls } from './calls';

/** The definition as the API takes it; CloudFormation spells the S3 key `Key`, the API `ObjectKey`. */
function definitionOf(properties: Body): Body {
  const definition = body(properties, 'PipelineDefinition');
  const location = body(definition, 'PipelineDefinitionS3Location');
  const bucket = optionalText(location, 'Bucket');
  if (bucket === undefined) return { PipelineDefinition: jsonText(definition['PipelineDefinitionBody']) };
  const version = optionalText(location, 'Version');
  return {
    PipelineDefinitionS3Location: {
      Bucket: bucket,
      ObjectKey: text(location, 'Key'),
      ...(version === undefined ? {} : { VersionId: version }),
    },
  };
}

/** AWS::SageMaker::Pipeline. Ref gives the name. */
export function pipelineProvider({ account, call, tagList, tags }: SageMakerCalls): ResourceProvider {
  const members = (properties: Body): Body => ({
    ...definitionOf(properties),
    RoleArn: properties['RoleArn'],
    ...(properties['PipelineDisplayName'] === undefined
      ? {}
      : { PipelineDisplayName: properties['PipelineDisplayName'] }),
    ...(properties['PipelineDescription'] === undefined
      ? {}
      : { PipelineDescription: properties['PipelineDescription'] }),
    ...(properties['ParallelismConfiguration'] === undefined
      ? {}
      : { ParallelismConfiguration: properties['ParallelismConfiguration'] }),
  });
  const provisioned = (name: string): Provisioned => ({ physicalId: name, attributes: {} });
  return {
    type: 'AWS::SageMaker::Pipeline',
    properties: [
      'PipelineName',
      'PipelineDisplayName',
      'PipelineDescription',
      'PipelineDefinition',
      'RoleArn',
      'ParallelismConfiguration',
      'Tags',
    ],
    replacedBy: ['PipelineName'],
    attributes: [],
    physicalIdOf: (properties) => optionalText(properties, 'PipelineName'),
    create: async (properties, context) => {
      const name = text(properties, 'PipelineName');
      await call('CreatePipeline', {
        ...members(properties),
        PipelineName: name,
        ClientRequestToken: account.newId(),
        Tags: tagList(properties, context),
      });
      return provisioned(name);
    },
    update: async (name, properties, _previous, context) => {
      await call('UpdatePipeline', { ...members(properties), PipelineName: name });
      tags.replace(account.arn('sagemaker', `pipeline/${name}`), { Tags: tagList(properties, context) });
      return provisioned(name);
    },
    delete: (name) =>
      unlessMissing(call('DeletePipeline', { PipelineName: name, ClientRequestToken: account.newId() })),
  };
}
