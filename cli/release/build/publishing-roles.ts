import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Destination } from './asset-manifest';
import { type Environment, isLocal, required } from './stage';

/** What a client needs to publish to a destination. */
export interface ClientConfig {
  readonly region?: string;
  readonly forcePathStyle?: boolean;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** Destinations with the values of this account filled in, and clients with the roles that may publish there. */
export class PublishingRoles {
  private readonly clients = new Map<string, Promise<unknown>>();
  private identity: Promise<string> | undefined;

  constructor(private readonly env: Environment) {}

  async resolved<D extends Destination>(destination: D): Promise<D> {
    const values: Readonly<Record<string, string>> = {
      'AWS::AccountId': await this.account(),
      'AWS::Region': required(this.env, 'AWS_REGION'),
      'AWS::Partition': 'aws',
    };
    const filled = JSON.stringify(destination).replaceAll(
      /\$\{(AWS::\w+)\}/g,
      (text, name: string) => values[name] ?? text,
    );
    return JSON.parse(filled) as D;
  }

  /** One client per role and region. */
  client<C>({ assumeRoleArn = '', region }: Destination, make: (config: ClientConfig) => C): Promise<C> {
    const key = `${assumeRoleArn} ${region ?? ''}`;
    const known = this.clients.get(key) ?? this.config(assumeRoleArn, region).then(make);
    this.clients.set(key, known);
    return known as Promise<C>;
  }

  private account(): Promise<string> {
    this.identity ??= new STSClient({}).send(new GetCallerIdentityCommand({})).then(({ Account = '' }) => Account);
    return this.identity;
  }

  private async config(RoleArn: string, region: string | undefined): Promise<ClientConfig> {
    const place = {
      ...(region === undefined ? {} : { region }),
      ...(isLocal(this.env) ? { forcePathStyle: true } : {}),
    };
    if (RoleArn === '') return place;
    const { Credentials } = await new STSClient({}).send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'publish-assets' }),
    );
    if (Credentials?.AccessKeyId === undefined || Credentials.SecretAccessKey === undefined)
      throw new Error(`STS gave no credentials for ${RoleArn}`);
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = Credentials;
    return {
      ...place,
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    };
  }
}
