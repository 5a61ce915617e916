import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Account } from '@mooring/local-account';
import { clientsOf, dropFolders, freshFolder, startAccount } from '@mooring/local-account/test/support/account';
import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { clientVariables } from '@mooring/local-account/test/support/clients';

const bin = resolve(__dirname, '../../.venvs/clients/bin');
const installed = existsSync(join(bin, 'aws'));
if (!installed)
  console.warn('skipped: the AWS CLI and boto3 are not installed; run `node tools/python-env.mjs clients`');

const template = {
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'described',
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        Policies: [
          {
            PolicyName: 'inline',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::mine/a b*' }],
            },
          },
        ],
      },
    },
    Key: { Type: 'AWS::KMS::Key', Properties: { Description: 'test' } },
    Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/app/greeting', Type: 'String', Value: 'hello' } },
  },
};

(installed ? describe : describe.skip)('real clients of AWS', () => {
  let account: Account;
  let folder: string;
  beforeAll(async () => {
    account = await startAccount();
    folder = freshFolder();
    await clientsOf(account).cloudformation.send(
      new CreateStackCommand({
        StackName: 'App',
        TemplateBody: JSON.stringify(template),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      }),
    );
  });
  afterAll(async () => {
    await account.stop();
    dropFolders();
  });

  const run = (command: string, args: readonly string[]): Promise<string> =>
    new Promise((done, fail) => {
      const env = {
        PATH: `${bin}:${process.env.PATH ?? ''}`,
        HOME: folder,
        ...clientVariables(account),
        AWS_MAX_ATTEMPTS: '1',
      };
      execFile(join(bin, command), args, { cwd: folder, env, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) =>
        error === null ? done(stdout) : fail(new Error(stderr || stdout)),
      );
    });
  const aws = async (command: string): Promise<unknown> => {
    const text = await run('aws', [...command.split(' '), '--output', 'json']);
    return text === '' ? {} : JSON.parse(text);
  };
  const s3 = (command: string): Promise<string> =>
    run('aws', ['s3', ...command.split(' '), ...(command.startsWith('mb') ? [] : ['--only-show-errors'])]);

  test('the AWS CLI copies, syncs, lists and removes objects, also large ones in parts', async () => {
    mkdirSync(join(folder, 'tree', 'deep'), { recursive: true });
    writeFileSync(join(folder, 'tree', 'deep', 'ü & ö.txt'), 'small');
    const large = Buffer.alloc(20 * 1024 * 1024, 'ab');
    writeFileSync(join(folder, 'tree', 'large.bin'), large);
    await s3('mb s3://cli-bucket');
    await s3('sync tree s3://cli-bucket/tree');
    expect(await s3('sync tree s3://cli-bucket/tree')).toBe('');
    expect(await run('aws', ['s3', 'ls', 's3://cli-bucket', '--recursive'])).toMatch(
      / 5 tree\/deep\/ü & ö\.txt\n.* 20971520 tree\/large\.bin\n$/,
    );
    await s3('cp s3://cli-bucket/tree/large.bin back.bin');
    expect(readFileSync(join(folder, 'back.bin')).equals(large)).toBe(true);
    await s3('cp s3://cli-bucket/tree/large.bin s3://cli-bucket/copy.bin');
    expect(account.parts.s3.head('cli-bucket', 'copy.bin')?.size).toBe(20_971_520);
    rmSync(join(folder, 'back.bin'));
    await run('aws', ['s3', 'rm', 's3://cli-bucket', '--recursive', '--quiet']);
    await run('aws', ['s3', 'rb', 's3://cli-bucket']);
    expect(account.parts.s3.hasBucket('cli-bucket')).toBe(false);
  }, 120_000);

  test('the AWS CLI reads roles, parameters, keys, stacks and logs', async () => {
    account.parts.logs.append('/aws/lambda/app', '2026/11/20/[$LATEST]1', ['START', 'an ERROR happened', 'END']);
    const [identity, role, policy, parameter, stacks, keys, logs] = await Promise.all([
      aws('sts get-caller-identity'),
      aws('iam get-role --role-name described'),
      aws('iam get-role-policy --role-name described --policy-name inline'),
      aws('ssm get-parameter --name /app/greeting'),
      aws('cloudformation describe-stack-resources --stack-name App'),
      aws('kms list-keys'),
      aws('logs filter-log-events --log-group-name /aws/lambda/app --filter-pattern ERROR'),
    ]);
    expect(identity).toMatchObject({ Account: '000000000000' });
    expect(role).toMatchObject({
      Role: {
        Arn: 'arn:aws:iam::000000000000:role/described',
        AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow' }] },
      },
    });
    expect(policy).toMatchObject({ PolicyDocument: { Statement: [{ Resource: 'arn:aws:s3:::mine/a b*' }] } });
    expect(parameter).toMatchObject({
      Parameter: { Value: 'hello', ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/app/greeting' },
    });
    expect(
      (stacks as { StackResources: { LogicalResourceId: string }[] }).StackResources.map(
        (each) => each.LogicalResourceId,
      ),
    ).toEqual(['Role', 'Key', 'Parameter']);
    expect((keys as { Keys: unknown[] }).Keys).toHaveLength(1);
    expect((logs as { events: { message: string }[] }).events.map((each) => each.message)).toEqual([
      'an ERROR happened',
    ]);
  }, 120_000);

  test('boto3 uploads, streams, presigns and understands errors', async () => {
    const program = `
import json, os, urllib.request
import boto3
from botocore.exceptions import ClientError
s3 = boto3.client("s3")
s3.create_bucket(Bucket="boto")
open("up.bin", "wb").write(b"0123456789" * 2_000_000)
s3.upload_file("up.bin", "boto", "up.bin", ExtraArgs={"Metadata": {"kind": "test"}})
s3.download_file("boto", "up.bin", "down.bin")
out = {"same": open("up.bin", "rb").read() == open("down.bin", "rb").read(), "kind": s3.head_object(Bucket="boto", Key="up.bin")["Metadata"]["kind"]}
s3.put_object(Bucket="boto", Key="k", Body=b"hello")
out["presigned"] = urllib.request.urlopen(s3.generate_presigned_url("get_object", Params={"Bucket": "boto", "Key": "k"})).read().decode()
out["pages"] = [len(page.get("Contents", [])) for page in s3.get_paginator("list_objects_v2").paginate(Bucket="boto", PaginationConfig={"PageSize": 1})]
def code(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
out["missing"] = code(lambda: s3.get_object(Bucket="boto", Key="no"))
out["absent"] = code(lambda: s3.head_object(Bucket="boto", Key="no"))
out["twice"] = code(lambda: s3.put_object(Bucket="boto", Key="k", Body=b"x", IfNoneMatch="*"))
out["parameter"] = code(lambda: boto3.client("ssm").get_parameter(Name="/none"))
out["stack"] = code(lambda: boto3.client("cloudformation").describe_stacks(StackName="none"))
out["unsupported"] = code(lambda: boto3.client("kms").encrypt(KeyId="x", Plaintext=b"x"))
print(json.dumps(out))
`;
    expect(JSON.parse(await run('python', ['-c', program]))).toEqual({
      same: true,
      kind: 'test',
      presigned: 'hello',
      pages: [1, 1],
      missing: 'NoSuchKey',
      absent: '404',
      twice: 'PreconditionFailed',
      parameter: 'ParameterNotFound',
      stack: 'ValidationError',
      unsupported: 'UnsupportedByLocalAccount',
    });
  }, 120_000);
});
