import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ListExportsCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { Account } from '../../../src/account';
import { clientsOf, dropFolders, startAccount, type Clients } from '../../support/account';

const parameter = (Name: unknown, Value: unknown, more: object = {}): object => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', ...(Name === undefined ? {} : { Name }), Value },
  ...more,
});
const bucket = (BucketName?: string, more: object = {}): object => ({
  Type: 'AWS::S3::Bucket',
  Properties: BucketName === undefined ? {} : { BucketName },
  ...more,
});

describe('a stack', () => {
  let account: Account;
  let clients: Clients;
  beforeAll(async () => {
    account = await startAccount();
    clients = clientsOf(account);
  });
  afterAll(async () => {
    await account.stop();
    dropFolders();
  });

  const body = (Resources: object, more: object = {}): string => JSON.stringify({ Resources, ...more });
  const describeStack = async (StackName: string): Promise<Stack> => {
    const { Stacks } = await clients.cloudformation.send(new DescribeStacksCommand({ StackName }));
    if (Stacks?.[0] === undefined) throw new Error('no stack');
    return Stacks[0];
  };
  const create = async (
    StackName: string,
    Resources: object,
    more: object = {},
    input: object = {},
  ): Promise<Stack> => {
    await clients.cloudformation.send(
      new CreateStackCommand({ StackName, TemplateBody: body(Resources, more), ...input }),
    );
    return describeStack(StackName);
  };
  const update = async (
    StackName: string,
    Resources: object,
    more: object = {},
    input: object = {},
  ): Promise<Stack> => {
    await clients.cloudformation.send(
      new UpdateStackCommand({ StackName, TemplateBody: body(Resources, more), ...input }),
    );
    return describeStack(StackName);
  };
  const resources = async (StackName: string): Promise<Record<string, string | undefined>> => {
    const { StackResources } = await clients.cloudformation.send(new DescribeStackResourcesCommand({ StackName }));
    return Object.fromEntries((StackResources ?? []).map((each) => [each.LogicalResourceId, each.PhysicalResourceId]));
  };
  const events = async (StackName: string): Promise<string[]> => {
    const { StackEvents } = await clients.cloudformation.send(new DescribeStackEventsCommand({ StackName }));
    return (StackEvents ?? []).reverse().map((each) => `${each.LogicalResourceId} ${each.ResourceStatus}`);
  };
  const value = (name: string): string | undefined => {
    const found = account.parts.store.collection<{ value: string }>('ssm.parameters').get(name);
    return found?.value;
  };

  test('is created in the order of its references, and says so in events', async () => {
    const stack = await create(
      'Ordered',
      { P: parameter('/ordered', { 'Fn::GetAtt': ['B', 'Arn'] }), B: bucket() },
      { Outputs: { Name: { Value: { Ref: 'B' }, Description: 'd' } } },
    );
    const { B = '' } = await resources('Ordered');
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    expect(B).toMatch(/^ordered-b-[0-9a-z]{12}$/);
    expect(stack.Outputs).toEqual([{ OutputKey: 'Name', OutputValue: B, Description: 'd' }]);
    expect(value('/ordered')).toBe(`arn:aws:s3:::${B}`);
    expect(await events('Ordered')).toEqual([
      'Ordered CREATE_IN_PROGRESS',
      'B CREATE_IN_PROGRESS',
      'B CREATE_COMPLETE',
      'P CREATE_IN_PROGRESS',
      'P CREATE_COMPLETE',
      'Ordered CREATE_COMPLETE',
    ]);
  });

  test('keeps physical ids over updates, and updates only what changed', async () => {
    await create('Stable', { B: bucket(), P: parameter('/stable', '1') });
    const before = await resources('Stable');
    const stack = await update('Stable', { B: bucket(), P: parameter('/stable', '2') });
    expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
    expect(await resources('Stable')).toEqual(before);
    expect((await events('Stable')).slice(6)).toEqual([
      'Stable UPDATE_IN_PROGRESS',
      'P UPDATE_IN_PROGRESS',
      'P UPDATE_COMPLETE',
      'Stable UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'Stable UPDATE_COMPLETE',
    ]);
  });

  test('with nothing to update says so in the words clients know', async () => {
    await create('Same', { P: parameter('/same', '1') });
    await expect(update('Same', { P: parameter('/same', '1') })).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'No updates are to be performed.',
    });
  });

  test('replaces a resource: new one first, references follow, then the old one goes', async () => {
    await create('Replacing', { P: parameter('/old-name', 'x'), Q: parameter('/refers', { Ref: 'P' }) });
    await update('Replacing', { P: parameter('/new-name', 'x'), Q: parameter('/refers', { Ref: 'P' }) });
    expect([value('/old-name'), value('/new-name'), value('/refers')]).toEqual([undefined, 'x', '/new-name']);
  });

  test('keeps what it must retain, and deletes the rest in reverse order', async () => {
    await create('Retaining', {
      Kept: bucket('kept-bucket', { DeletionPolicy: 'Retain' }),
      Gone: bucket('gone-bucket'),
      P: parameter('/gone', { Ref: 'Gone' }),
    });
    const { StackId } = await describeStack('Retaining');
    await clients.cloudformation.send(new DeleteStackCommand({ StackName: 'Retaining' }));
    expect([account.parts.s3.hasBucket('kept-bucket'), account.parts.s3.hasBucket('gone-bucket')]).toEqual([
      true,
      false,
    ]);
    await expect(describeStack('Retaining')).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id Retaining does not exist',
    });
    expect((await describeStack(StackId ?? '')).StackStatus).toBe('DELETE_COMPLETE');
    expect((await events(StackId ?? '')).filter((each) => /DELETE_(COMPLETE|SKIPPED)/.test(each))).toEqual([
      'P DELETE_COMPLETE',
      'Gone DELETE_COMPLETE',
      'Kept DELETE_SKIPPED',
      'Retaining DELETE_COMPLETE',
    ]);
  });

  test('that fails to be created takes back what was made', async () => {
    const stack = await create('Failing', {
      A: bucket('failing-bucket'),
      B: { ...bucket('kept-bucket'), DependsOn: 'A' },
    });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(account.parts.s3.hasBucket('failing-bucket')).toBe(false);
    expect((await events('Failing')).filter((each) => /FAILED|ROLLBACK|DELETE/.test(each))).toEqual([
      'B CREATE_FAILED',
      'Failing ROLLBACK_IN_PROGRESS',
      'A DELETE_IN_PROGRESS',
      'A DELETE_COMPLETE',
      'Failing ROLLBACK_COMPLETE',
    ]);
  });

  test('that fails to be updated is what it was before', async () => {
    const before = {
      P: parameter('/undo', 'before'),
      Old: parameter('/undo-removed', 'r'),
      N: parameter('/undo-name', 'n'),
    };
    await create('Undo', before, { Outputs: { O: { Value: { Ref: 'P' } } } });
    const physical = await resources('Undo');
    const stack = await update('Undo', {
      P: parameter('/undo', 'after'),
      N: parameter('/undo-other-name', 'n'),
      Added: parameter('/undo-added', 'a'),
      Bad: { ...bucket('kept-bucket'), DependsOn: ['P', 'Added', 'N'] },
    });
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(['/undo', '/undo-removed', '/undo-name', '/undo-other-name', '/undo-added'].map(value)).toEqual([
      'before',
      'r',
      'n',
      undefined,
      undefined,
    ]);
    expect(await resources('Undo')).toEqual(physical);
    const { TemplateBody } = await clients.cloudformation.send(new GetTemplateCommand({ StackName: 'Undo' }));
    expect(Object.keys((JSON.parse(TemplateBody ?? '') as { Resources: object }).Resources)).toEqual(['P', 'Old', 'N']);
    expect(stack.Outputs?.[0]?.OutputValue).toBe('/undo');
  });

  test('with types and properties nobody honours is refused with all of them, before anything is made', async () => {
    const wrong = {
      A: bucket('never-made'),
      B: { Type: 'AWS::Redshift::Cluster' },
      C: {
        Type: 'AWS::S3::Bucket',
        Properties: { ReplicationConfiguration: {} },
        Metadata: { 'aws:cdk:path': 'App/Data/Resource' },
      },
      D: parameter('/d', { 'Fn::GetAtt': ['A', 'Color'] }),
    };
    const refused = create('Unsupported', wrong);
    await expect(refused).rejects.toMatchObject({ name: 'ValidationError', $metadata: { httpStatusCode: 400 } });
    const message = await refused.catch((error: Error) => error.message);
    expect(message).toContain('resource type AWS::Redshift::Cluster of B');
    expect(message).toContain(
      'property ReplicationConfiguration of AWS::S3::Bucket, set on C (App/Data/Resource); supported: AccessControl, BucketEncryption',
    );
    expect(message).toContain('attribute Color of AWS::S3::Bucket A, used in D; there are: Arn');
    expect(account.parts.s3.hasBucket('never-made')).toBe(false);
    await expect(describeStack('Unsupported')).rejects.toMatchObject({ name: 'ValidationError' });
  });

  test.each<readonly [string, object, RegExp]>([
    [
      'a reference to nothing',
      { A: parameter('/a', { Ref: 'Missing' }) },
      /unresolved resource dependencies \[Missing\] in the resource A/,
    ],
    [
      'a cycle',
      { A: parameter('/a', { Ref: 'B' }), B: parameter('/b', { Ref: 'A' }) },
      /Circular dependency between resources: A -> B -> A/,
    ],
    ['a missing condition', { A: parameter('/a', 'x', { Condition: 'Nope' }) }, /unresolved condition 'Nope'/],
  ])('with %s is refused', async (_name, wrong, message) => {
    await expect(create('Wrong', wrong)).rejects.toThrow(message);
  });

  test('leaves out resources and outputs whose condition is false', async () => {
    const conditions = {
      Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
      No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    };
    const stack = await create(
      'Conditional',
      { A: parameter('/yes', 'x', { Condition: 'Yes' }), B: parameter('/no', 'x', { Condition: 'No' }) },
      { Conditions: conditions, Outputs: { A: { Value: 'a', Condition: 'Yes' }, B: { Value: 'b', Condition: 'No' } } },
    );
    expect(Object.keys(await resources('Conditional'))).toEqual(['A']);
    expect(stack.Outputs?.map((each) => each.OutputKey)).toEqual(['A']);
  });

  test('reads parameters of the parameter store, typed and dynamic, and hides secrets', async () => {
    await create('Source', { P: parameter('/source', 'from-store') });
    const Parameters = {
      Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/source' },
      Secret: { Type: 'String', NoEcho: true, Default: 'hidden' },
    };
    const stack = await create(
      'Reader',
      {
        A: parameter('/a-typed', { Ref: 'Stored' }),
        B: parameter('/b-dynamic', { 'Fn::Join': ['', ['<{{resolve:ssm:', '/source', '}}>']] }),
        C: parameter('/c-secret', { Ref: 'Secret' }),
      },
      { Parameters },
    );
    expect([value('/a-typed'), value('/b-dynamic'), value('/c-secret')]).toEqual([
      'from-store',
      '<from-store>',
      'hidden',
    ]);
    expect(stack.Parameters).toEqual([
      { ParameterKey: 'Stored', ParameterValue: '/source', ResolvedValue: 'from-store' },
      { ParameterKey: 'Secret', ParameterValue: '****' },
    ]);
  });

  test('shares exports, which cannot go while they are imported', async () => {
    const exporting = { Outputs: { O: { Value: { Ref: 'P' }, Export: { Name: 'shared' } } } };
    await create('Exporter', { P: parameter('/exported', 'x') }, exporting);
    await create('Importer', { Q: parameter('/imported', { 'Fn::ImportValue': 'shared' }) });
    expect(value('/imported')).toBe('/exported');
    const { Exports } = await clients.cloudformation.send(new ListExportsCommand({}));
    expect(Exports?.map(({ Name, Value }) => [Name, Value])).toContainEqual(['shared', '/exported']);
    await clients.cloudformation.send(new DeleteStackCommand({ StackName: 'Exporter' }));
    expect(await describeStack('Exporter')).toMatchObject({
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: 'Cannot delete export shared as it is in use by Importer',
    });
    expect(value('/exported')).toBe('x');
    const renamed = await update('Exporter', { P: parameter('/exported-anew', 'x') }, exporting);
    expect(renamed).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(value('/exported-anew')).toBeUndefined();
    const second = await create('Second', { P: parameter('/second', 'x') }, exporting);
    expect(second.StackStatus).toBe('ROLLBACK_COMPLETE');
  });

  test('can have stacks inside, whose outputs are attributes', async () => {
    const inner = (content: string): string =>
      body(
        { P: parameter('/inner', { 'Fn::Sub': `${content}-\${Given}` }) },
        { Parameters: { Given: { Type: 'String' } }, Outputs: { Name: { Value: { Ref: 'P' } } } },
      );
    const put = (key: string, content: string): string => {
      account.parts.s3.put('cdk-hnb659fds-assets-000000000000-us-east-1', key, inner(content));
      return `https://s3.us-east-1.amazonaws.com/cdk-hnb659fds-assets-000000000000-us-east-1/${key}`;
    };
    const outer = (TemplateURL: string): object => ({
      N: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL, Parameters: { Given: 7 } } },
      P: parameter('/outer', { 'Fn::GetAtt': ['N', 'Outputs.Name'] }),
    });
    expect((await create('Outer', outer(put('one.json', 'one')))).StackStatus).toBe('CREATE_COMPLETE');
    expect([value('/inner'), value('/outer')]).toEqual(['one-7', '/inner']);
    await update('Outer', outer(put('two.json', 'two')));
    expect(value('/inner')).toBe('two-7');
    await clients.cloudformation.send(new DeleteStackCommand({ StackName: 'Outer' }));
    expect(value('/inner')).toBeUndefined();
  });

  test('is summarised without being deployed', async () => {
    const summary = await clients.cloudformation.send(
      new GetTemplateSummaryCommand({
        TemplateBody: body({ P: parameter('/x', 'y') }, { Parameters: { A: { Type: 'String', Default: 'd' } } }),
      }),
    );
    expect(summary).toMatchObject({
      ResourceTypes: ['AWS::SSM::Parameter'],
      Parameters: [{ ParameterKey: 'A', DefaultValue: 'd', ParameterType: 'String', NoEcho: false }],
    });
  });

  test('with roles needs the capability for it', async () => {
    const role = {
      R: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'named', AssumeRolePolicyDocument: { Statement: [] } } },
    };
    await expect(create('Roles', role)).rejects.toMatchObject({
      name: 'InsufficientCapabilitiesException',
      message: 'Requires capabilities : [CAPABILITY_NAMED_IAM]',
    });
  });

  describe('changed through change sets', () => {
    const changeSet = async (
      StackName: string,
      ChangeSetType: 'CREATE' | 'UPDATE',
      Resources: object,
      ChangeSetName = 'change',
    ): Promise<Record<string, unknown>> => {
      await clients.cloudformation.send(
        new CreateChangeSetCommand({ StackName, ChangeSetName, ChangeSetType, TemplateBody: body(Resources) }),
      );
      return (await clients.cloudformation.send(
        new DescribeChangeSetCommand({ StackName, ChangeSetName }),
      )) as unknown as Record<string, unknown>;
    };

    test('is in review until the change set is executed, which uses the change set up', async () => {
      expect(await changeSet('Set', 'CREATE', { P: parameter('/set', '1') })).toMatchObject({
        Status: 'CREATE_COMPLETE',
        Changes: [{ ResourceChange: { Action: 'Add', LogicalResourceId: 'P' } }],
      });
      expect((await describeStack('Set')).StackStatus).toBe('REVIEW_IN_PROGRESS');
      expect(value('/set')).toBeUndefined();
      await clients.cloudformation.send(new ExecuteChangeSetCommand({ StackName: 'Set', ChangeSetName: 'change' }));
      expect((await describeStack('Set')).StackStatus).toBe('CREATE_COMPLETE');
      await expect(
        clients.cloudformation.send(new DescribeChangeSetCommand({ StackName: 'Set', ChangeSetName: 'change' })),
      ).rejects.toMatchObject({ name: 'ChangeSetNotFoundException' });
    });

    test('tells additions, changes, replacements and removals apart', async () => {
      await create('Told', {
        A: parameter('/told-a', '1'),
        B: parameter('/told-b', '1'),
        C: parameter('/told-c', { Ref: 'B' }),
        D: parameter('/told-d', '1'),
      });
      const set = await changeSet('Told', 'UPDATE', {
        A: parameter('/told-a', '2'),
        B: parameter('/told-b2', '1'),
        C: parameter('/told-c', { Ref: 'B' }),
        E: parameter('/told-e', '1'),
      });
      expect(
        (set.Changes as { ResourceChange: Record<string, unknown> }[]).map(
          ({ ResourceChange: { LogicalResourceId, Action, Replacement } }) =>
            `${String(LogicalResourceId)} ${String(Action)} ${String(Replacement)}`,
        ),
      ).toEqual(['A Modify False', 'B Modify True', 'C Modify False', 'E Add undefined', 'D Remove undefined']);
    });

    test('without changes fails in the words the CDK looks for', async () => {
      await create('Empty', { A: parameter('/empty', '1') });
      expect(await changeSet('Empty', 'UPDATE', { A: parameter('/empty', '1') })).toMatchObject({
        Status: 'FAILED',
        ExecutionStatus: 'UNAVAILABLE',
        StatusReason: expect.stringContaining("The submitted information didn't contain changes."),
      });
      await expect(
        clients.cloudformation.send(new ExecuteChangeSetCommand({ StackName: 'Empty', ChangeSetName: 'change' })),
      ).rejects.toMatchObject({ name: 'InvalidChangeSetStatusException' });
    });
  });
});
