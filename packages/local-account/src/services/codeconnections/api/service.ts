import { randomUUID } from 'node:crypto';
import { AwsError } from '../../../core/errors';
import { optionalText, text } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { AwsService, Body, Operation, Permission } from '../../../core/service';
import type { Collection } from '../../../core/store';

/** Whether a person has confirmed a connection at the provider. */
export type ConnectionStatus = 'PENDING' | 'AVAILABLE' | 'ERROR';

export interface Connection {
  readonly arn: string;
  readonly name: string;
  readonly provider: string;
  readonly status: ConnectionStatus;
}

const statuses: readonly string[] = ['PENDING', 'AVAILABLE', 'ERROR'];

/**
 * CodeConnections. A connection is available at once: the provider is a folder on this machine and asks nobody. The control
 * route sets another status, to try what happens then.
 */
export class CodeConnections implements AwsService {
  readonly signingName = 'codeconnections';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly connections: Collection<Connection>;

  constructor(private readonly account: Pick<AccountParts, 'store' | 'arn'>) {
    this.connections = account.store.collection('codeconnections.connections');
    this.operations = {
      CreateConnection: (input) => ({
        ConnectionArn: this.create(text(input, 'ConnectionName'), optionalText(input, 'ProviderType') ?? 'GitHub').arn,
      }),
      GetConnection: (input) => ({ Connection: described(this.get(text(input, 'ConnectionArn'))) }),
      ListConnections: () => ({ Connections: this.connections.values().map(described) }),
      DeleteConnection: (input) => this.delete(text(input, 'ConnectionArn')),
      ListTagsForResource: () => ({ Tags: [] }),
    };
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    return [{ action: `codeconnections:${operation}`, resource: optionalText(input, 'ConnectionArn') ?? '*' }];
  }

  create(name: string, provider: string): Connection {
    const arn = this.account.arn('codeconnections', `connection/${randomUUID()}`);
    const connection: Connection = { arn, name, provider, status: 'AVAILABLE' };
    this.connections.put(arn, connection);
    return connection;
  }

  all(): readonly Connection[] {
    return this.connections.values();
  }

  find(arn: string): Connection | undefined {
    return this.connections.get(arn);
  }

  /** @throws AwsError ResourceNotFoundException. */
  get(arn: string): Connection {
    const found = this.find(arn);
    if (found === undefined) throw new AwsError('ResourceNotFoundException', `there is no connection ${arn}`);
    return found;
  }

  delete(arn: string): void {
    this.connections.delete(arn);
  }

  setStatus(arn: string, status: string): Connection {
    if (!statuses.includes(status))
      throw new AwsError('ValidationException', `'${status}' is no status; there are: ${statuses.join(', ')}`);
    const changed = { ...this.get(arn), status: status as ConnectionStatus };
    this.connections.put(arn, changed);
    return changed;
  }
}

const described = ({ arn, name, provider, status }: Connection): Body => ({
  ConnectionArn: arn,
  ConnectionName: name,
  ProviderType: provider,
  ConnectionStatus: status,
  OwnerAccountId: arn.split(':')[4],
});
