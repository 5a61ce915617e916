import { optionalText } from '../../../core/input';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import type { EcrService, Repository } from '../api/service';
import { tagsOf } from '../../shared/properties';

/** AWS::ECR::Repository. */
export function ecrRepositoryProvider(ecr: EcrService): ResourceProvider {
  const provisioned = (repository: Repository): Provisioned => ({
    physicalId: repository.name,
    attributes: { Arn: repository.arn, RepositoryUri: ecr.uri(repository.name) },
  });
  const nameOf = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'RepositoryName') ?? context.generateName(256, true);
  const described = (
    properties: Body,
    context: ResourceContext,
  ): Pick<Repository, 'tagMutability' | 'policy' | 'tags'> => ({
    tagMutability: optionalText(properties, 'ImageTagMutability') ?? 'MUTABLE',
    ...(properties.RepositoryPolicyText === undefined
      ? {}
      : { policy: JSON.stringify(properties.RepositoryPolicyText) }),
    tags: tagsOf(properties, context),
  });
  return {
    type: 'AWS::ECR::Repository',
    properties: ['ImageTagMutability', 'RepositoryName', 'RepositoryPolicyText', 'Tags'],
    accepted: {
      EmptyOnDelete: 'images have no layers, and go with their repository',
      EncryptionConfiguration: 'images have no layers',
      ImageScanningConfiguration: 'images have no layers',
      LifecyclePolicy: 'images have no layers, and stay',
    },
    replacedBy: ['RepositoryName'],
    attributes: ['Arn', 'RepositoryUri'],
    physicalIdOf: nameOf,
    create: (properties, context) =>
      provisioned(ecr.create({ name: nameOf(properties, context), ...described(properties, context) })),
    update: (name, properties, _previous, context) => provisioned(ecr.update(name, described(properties, context))),
    delete: (name) => ecr.delete(name),
  };
}
