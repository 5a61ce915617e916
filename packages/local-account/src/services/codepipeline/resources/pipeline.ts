import { optionalFlag, optionalText } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import type { CodePipelines } from '../api/service';
import type { Pipeline } from '../runtime/records';
import { declarationOf } from '../runtime/structure';

/** AWS::CodePipeline::Pipeline. The repositories of its sources come with it. */
export function codePipelineProviders(
  account: Pick<AccountParts, 'peer'>,
  service: CodePipelines,
): readonly ResourceProvider[] {
  const nameOf = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'Name') ?? context.generateName(100);
  const put = async (name: string, properties: Body, exists: boolean): Promise<Provisioned> => {
    const { RestartExecutionOnUpdate, Tags: _tags, DisableInboundStageTransitions: _disable, ...declared } = properties;
    const restart = optionalFlag({ RestartExecutionOnUpdate }, 'RestartExecutionOnUpdate') ?? false;
    const pipeline: Pipeline = service.put({ ...declarationOf(declared), name }, exists, restart);
    for (const repository of service.repositories(pipeline)) await account.peer('repositories').ensure(repository);
    return { physicalId: name, attributes: { Version: String(pipeline.version) } };
  };
  return [
    {
      type: 'AWS::CodePipeline::Pipeline',
      properties: [
        'ArtifactStore',
        'ExecutionMode',
        'Name',
        'PipelineType',
        'RestartExecutionOnUpdate',
        'RoleArn',
        'Stages',
        'Triggers',
        'Variables',
      ],
      accepted: { Tags: 'tags of pipelines are not kept' },
      replacedBy: ['Name'],
      attributes: ['Version'],
      physicalIdOf: nameOf,
      create: (properties, context) => put(nameOf(properties, context), properties, false),
      update: (name, properties) => put(name, properties, true),
      delete: (name) => service.delete(name),
    },
  ];
}
