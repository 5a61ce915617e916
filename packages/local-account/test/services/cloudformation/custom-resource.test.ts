import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { dirname, join } from 'node:path';
import type { Account } from '../../../src/account';
import { lambdaModule } from '../../../src/services/lambda/module';
import { readFileSync } from 'node:fs';
import { clientsOf, dropFolders, startAccount, type Clients } from '../../support/account';

/** The CDK's own entry point of helper functions around a handler: it answers over HTTPS, whatever the URL says. */
const entryPoint = readFileSync(
  join(
    dirname(require.resolve('aws-cdk-lib/package.json')),
    'custom-resource-handlers/dist/core/nodejs-entrypoint-handler/index.js',
  ),
  'utf8',
);
const code = `
const module_ = { exports: {} };
(function (exports, require) { ${entryPoint.replace(/^"use strict";/, '')} })(module_.exports, (name) => name === './index' ? { handler: own } : require(name));
async function own(event) {
  if (event.ResourceProperties.Fail === event.RequestType) throw new Error('told to fail');
  return { PhysicalResourceId: 'thing-' + event.ResourceProperties.Name, Data: { Echo: event.RequestType + ' ' + typeof event.ResourceProperties.Count + ' ' + (event.OldResourceProperties?.Name ?? '') } };
}
exports.handler = (event, context) => event.ResourceProperties.Silent === 'true' ? Promise.reject(new Error('no answer at all')) : module_.exports.handler(event, context);
`;

const template = (properties: object): string =>
  JSON.stringify({
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
          },
        },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { ZipFile: code },
          Handler: 'index.handler',
          Runtime: 'nodejs22.x',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Timeout: 20,
        },
      },
      Thing: {
        Type: 'Custom::Thing',
        Properties: { ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] }, ...properties },
      },
    },
    Outputs: { Echo: { Value: { 'Fn::GetAtt': ['Thing', 'Echo'] } }, Id: { Value: { Ref: 'Thing' } } },
  });

describe('a custom resource', () => {
  let account: Account;
  let clients: Clients;
  beforeAll(async () => {
    account = await startAccount({ modules: [lambdaModule] });
    clients = clientsOf(account);
  });
  afterAll(async () => {
    await account.stop();
    dropFolders();
  });

  const input = (
    properties: object,
    StackName = 'App',
  ): { StackName: string; TemplateBody: string; Capabilities: ['CAPABILITY_IAM'] } => ({
    StackName,
    TemplateBody: template(properties),
    Capabilities: ['CAPABILITY_IAM'],
  });
  const outputs = async (): Promise<Record<string, string | undefined>> => {
    const { Stacks } = await clients.cloudformation.send(new DescribeStacksCommand({ StackName: 'App' }));
    return Object.fromEntries((Stacks?.[0]?.Outputs ?? []).map((each) => [each.OutputKey, each.OutputValue]));
  };
  const reasons = async (StackName: string): Promise<string> => {
    const { StackEvents } = await clients.cloudformation.send(new DescribeStackEventsCommand({ StackName }));
    return (StackEvents ?? [])
      .map((each) => `${each.LogicalResourceId} ${each.ResourceStatus} ${each.ResourceStatusReason ?? ''}`)
      .join('\n');
  };

  test('is made, replaced and deleted by its function, which gets strings and answers over HTTPS', async () => {
    await clients.cloudformation.send(new CreateStackCommand(input({ Name: 'a', Count: 1 })));
    expect(await outputs()).toEqual({ Echo: 'Create string ', Id: 'thing-a' });
    await clients.cloudformation.send(new UpdateStackCommand(input({ Name: 'b', Count: 1 })));
    expect(await outputs()).toEqual({ Echo: 'Update string a', Id: 'thing-b' });
    await clients.cloudformation.send(new DeleteStackCommand({ StackName: 'App' }));
    await expect(outputs()).rejects.toThrow('does not exist');
  }, 60_000);

  test('that fails gives the reason of its function', async () => {
    await clients.cloudformation.send(new CreateStackCommand(input({ Name: 'a', Fail: 'Create' }, 'Failing')));
    expect(await reasons('Failing')).toMatch(
      /Thing CREATE_FAILED Received response status \[FAILED\] from custom resource\. Message returned: Error: told to fail/,
    );
  }, 60_000);

  test('whose function fails without an answer does not wait for one', async () => {
    await clients.cloudformation.send(new CreateStackCommand(input({ Name: 'a', Silent: true }, 'Silent')));
    expect(await reasons('Silent')).toMatch(/Thing CREATE_FAILED the function .* failed: .*no answer at all/);
  }, 60_000);
});
