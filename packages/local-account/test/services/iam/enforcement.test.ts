import { CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Account } from '../../../src/account';
import { clientsOf, dropFolders, keysOf, startAccount, type Clients } from '../../support/account';

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const template = {
  Resources: {
    Key: { Type: 'AWS::KMS::Key', Properties: {} },
    Data: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: 'enforced',
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              ServerSideEncryptionByDefault: {
                SSEAlgorithm: 'aws:kms',
                KMSMasterKeyID: { 'Fn::GetAtt': ['Key', 'Arn'] },
              },
            },
          ],
        },
      },
    },
    Open: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'by-bucket-policy' } },
    OpenPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'Open' },
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: { 'Fn::GetAtt': ['Reader', 'Arn'] } },
              Action: 's3:GetObject',
              Resource: 'arn:aws:s3:::by-bucket-policy/*',
            },
            {
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:GetObject',
              Resource: 'arn:aws:s3:::by-bucket-policy/secret/*',
            },
            {
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:*',
              Resource: '*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
          ],
        },
      },
    },
    Reader: {
      Type: 'AWS::IAM::Role',
      Metadata: { 'aws:cdk:path': 'App/Reader/Resource' },
      Properties: {
        RoleName: 'reader',
        AssumeRolePolicyDocument: trust,
        Policies: [
          {
            PolicyName: 'read',
            PolicyDocument: {
              Statement: [
                {
                  Effect: 'Allow',
                  Action: ['s3:GetObject*', 's3:PutObject', 'ssm:GetParameter'],
                  Resource: ['arn:aws:s3:::enforced/raw/*', 'arn:aws:ssm:*:*:parameter/app/*'],
                },
              ],
            },
          },
        ],
      },
    },
    KeyUse: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'key',
        Roles: [{ Ref: 'Reader' }],
        PolicyDocument: {
          Statement: [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: { 'Fn::GetAtt': ['Key', 'Arn'] } }],
        },
      },
    },
  },
};

describe('a role of a deployed stack', () => {
  const arn = 'arn:aws:iam::000000000000:role/reader';
  let account: Account;
  let administrator: Clients;
  let role: Clients;

  beforeAll(async () => {
    account = await startAccount();
    administrator = clientsOf(account);
    await administrator.cloudformation.send(
      new CreateStackCommand({
        StackName: 'App',
        TemplateBody: JSON.stringify(template),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      }),
    );
    const { Stacks } = await administrator.cloudformation.send(new DescribeStacksCommand({ StackName: 'App' }));
    expect([Stacks?.[0]?.StackStatus, Stacks?.[0]?.StackStatusReason]).toEqual(['CREATE_COMPLETE', undefined]);
    for (const key of ['raw/a.csv', 'models/m']) account.parts.s3.put('enforced', key, 'x');
    for (const key of ['a', 'secret/b']) account.parts.s3.put('by-bucket-policy', key, 'x');
    role = clientsOf(account, keysOf(account, arn));
  });
  afterAll(async () => {
    await account.stop();
    dropFolders();
  });
  const get = (Bucket: string, Key: string): Promise<unknown> => role.s3.send(new GetObjectCommand({ Bucket, Key }));

  test('is who it says', async () => {
    expect(await role.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: 'arn:aws:sts::000000000000:assumed-role/reader/local',
      Account: '000000000000',
    });
  });

  test('may do what its policies allow', async () => {
    await expect(get('enforced', 'raw/a.csv')).resolves.toBeDefined();
  });

  test('is denied anything else, with role, action, resource and construct in the message', async () => {
    await expect(get('enforced', 'models/m')).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
      message: `${arn} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::enforced/models/m, because no policy of the role allows it. Grant it where the role of construct App/Reader/Resource gets its permissions`,
    });
    await expect(role.s3.send(new ListObjectsV2Command({ Bucket: 'enforced' }))).rejects.toMatchObject({
      message: expect.stringContaining('s3:ListBucket on resource: arn:aws:s3:::enforced,'),
    });
    await expect(role.ssm.send(new GetParameterCommand({ Name: '/other' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        'ssm:GetParameter on resource: arn:aws:ssm:us-east-1:000000000000:parameter/other',
      ),
    });
  });

  test('needs the key of an encrypted bucket, too', async () => {
    await expect(
      role.s3.send(new PutObjectCommand({ Bucket: 'enforced', Key: 'raw/b.csv', Body: 'x' })),
    ).rejects.toMatchObject({
      message: expect.stringContaining('kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:000000000000:key/'),
    });
  });

  test('reads a SecureString in plain text only with decryption, and with its key', async () => {
    const keys = account.parts.store.collection<{ id: string; arn: string }>('kms.keys').values();
    const put = (Name: string, KeyId?: string): Promise<unknown> =>
      administrator.ssm.send(new PutParameterCommand({ Name, Value: 'plain', Type: 'SecureString', KeyId }));
    const read = (Name: string, WithDecryption: boolean): Promise<string | undefined> =>
      role.ssm.send(new GetParameterCommand({ Name, WithDecryption })).then(({ Parameter }) => Parameter?.Value);
    await put('/app/own', keys[0]?.id);
    await put('/app/managed');
    expect(await read('/app/own', true)).toBe('plain');
    expect(await read('/app/managed', true)).toBe('plain');
    expect(await read('/app/own', false)).not.toContain('plain');
    await administrator.cloudformation.send(
      new CreateStackCommand({ StackName: 'Other', TemplateBody: '{"Resources":{"Key":{"Type":"AWS::KMS::Key"}}}' }),
    );
    const other = account.parts.store
      .collection<{ id: string }>('kms.keys')
      .values()
      .find(({ id }) => id !== keys[0]?.id);
    await put('/app/other', other?.id);
    await expect(read('/app/other', true)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`kms:Decrypt on resource: arn:aws:kms:us-east-1:000000000000:key/${other?.id}`),
    });
    expect(await read('/app/other', false)).not.toContain('plain');
    await expect(put('/app/none', 'alias/none')).rejects.toMatchObject({ name: 'InvalidKeyId' });
  });

  test('may do what a bucket policy allows it, unless that denies it', async () => {
    await expect(get('by-bucket-policy', 'a')).resolves.toBeDefined();
    await expect(get('by-bucket-policy', 'secret/b')).rejects.toMatchObject({
      message: expect.stringContaining('because the policy of the resource denies it explicitly'),
    });
  });

  test('leaves its denials in the trace', () => {
    const denied = account.trace
      .read()
      .filter(
        ({ type, data }) => type === 'api.call' && 'principal' in data && data.principal === arn && data.status === 403,
      );
    expect(denied.length).toBeGreaterThan(0);
  });

  test('can be assumed only when it exists', async () => {
    const assume = (name: string): Promise<unknown> =>
      administrator.sts.send(
        new AssumeRoleCommand({ RoleArn: `arn:aws:iam::000000000000:role/${name}`, RoleSessionName: 'test' }),
      );
    await expect(assume('reader')).resolves.toMatchObject({
      AssumedRoleUser: { Arn: 'arn:aws:sts::000000000000:assumed-role/reader/test' },
    });
    await expect(assume('nobody')).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('no role arn:aws:iam::000000000000:role/nobody is deployed'),
    });
  });
});
