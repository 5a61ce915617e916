import type { ResourceProvider } from '../../../core/provider';

/** AWS::CDK::Metadata: usage analytics; nothing happens. */
export const cdkMetadataProvider: ResourceProvider = {
  type: 'AWS::CDK::Metadata',
  properties: [],
  accepted: { Analytics: 'nothing is reported to anybody' },
  attributes: [],
  create: (_properties, context) => ({ physicalId: context.generateName(), attributes: {} }),
  update: (physicalId) => ({ physicalId, attributes: {} }),
  delete: () => undefined,
};
