import { metadataKeys } from '../../contracts/names';
import type { Clients } from '../shared/clients';
import { describePackage } from '../shared/registry';

/** The pipeline execution that registered a model package. */
export async function executionOf(clients: Clients, packageArn: string): Promise<string | undefined> {
  const { CustomerMetadataProperties = {} } = await describePackage(clients, packageArn);
  return CustomerMetadataProperties[metadataKeys.executionArn];
}
