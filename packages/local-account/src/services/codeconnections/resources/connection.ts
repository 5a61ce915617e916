import { optionalText, text } from '../../../core/input';
import type { ResourceProvider } from '../../../core/provider';
import type { CodeConnections, Connection } from '../api/service';

/** AWS::CodeConnections::Connection, also under its former name. */
export function connectionProviders(service: CodeConnections): readonly ResourceProvider[] {
  const provisioned = ({ arn, status }: Connection): ReturnType<ResourceProvider['create']> => ({
    physicalId: arn,
    attributes: { ConnectionArn: arn, ConnectionStatus: status, OwnerAccountId: arn.split(':')[4] },
  });
  return ['AWS::CodeConnections::Connection', 'AWS::CodeStarConnections::Connection'].map((type) => ({
    type,
    properties: ['ConnectionName', 'ProviderType'],
    accepted: {
      HostArn: 'repositories are folders on this machine',
      Tags: 'tags of connections are not kept',
    },
    replacedBy: ['ConnectionName', 'ProviderType', 'HostArn'],
    attributes: ['ConnectionArn', 'ConnectionStatus', 'OwnerAccountId'],
    create: (properties) =>
      provisioned(
        service.create(text(properties, 'ConnectionName'), optionalText(properties, 'ProviderType') ?? 'GitHub'),
      ),
    update: (arn) => provisioned(service.get(arn)),
    delete: (arn) => service.delete(arn),
  }));
}
