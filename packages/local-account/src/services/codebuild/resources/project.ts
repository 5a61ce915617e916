import { AwsError } from '../../../core/errors';
import { optionalText } from '../../../core/input';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import type { CodeBuild } from '../api/service';

/** AWS::CodeBuild::Project. */
export function codeBuildProviders(service: CodeBuild): readonly ResourceProvider[] {
  const nameOf = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'Name') ?? context.generateName(150);
  const put = (name: string, properties: Body): Provisioned => {
    const { arn } = service.put(name, properties);
    return { physicalId: name, attributes: { Arn: arn } };
  };
  return [
    {
      type: 'AWS::CodeBuild::Project',
      properties: [
        'Artifacts',
        'Description',
        'Environment',
        'LogsConfig',
        'Name',
        'ServiceRole',
        'Source',
        'TimeoutInMinutes',
      ],
      accepted: {
        Cache: 'what builds install globally is there for the next build anyway',
        EncryptionKey: "the bucket's own encryption decides",
        QueuedTimeoutInMinutes: 'builds never wait for a machine',
        Tags: 'tags of projects are not kept',
        Visibility: 'builds are on this machine',
      },
      replacedBy: ['Name'],
      attributes: ['Arn'],
      physicalIdOf: nameOf,
      create: (properties, context) => {
        const name = nameOf(properties, context);
        if (service.has(name)) throw new AwsError('AlreadyExists', `the project ${name} already exists`);
        return put(name, properties);
      },
      update: (name, properties) => put(name, properties),
      delete: (name) => service.delete(name),
    },
  ];
}
