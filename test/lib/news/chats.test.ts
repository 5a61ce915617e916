import { rmSync } from 'node:fs';
import type { Chat } from '@mooring/use-case/chat';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { testUseCases } from '../../support/app';
import { loans, prices, properties, resources, synthTemplates, text } from '../../support/templates';

const chats: Chat[] = [
  { type: 'slack', parameter: '/mooring/chats/owners' },
  { type: 'teams', parameter: '/mooring/chats/risk' },
];

/** `loans` tells two chats, `prices` has an empty list of them. */
const useCases: LoadedUseCase[] = testUseCases().map(({ useCase, ...loaded }) => ({
  ...loaded,
  useCase: {
    ...useCase,
    notifications: { ...useCase.notifications, chats: useCase.name === 'loans' ? chats : [] },
  },
}));
const { outdir, template } = synthTemplates(useCases);
afterAll(() => rmSync(outdir, { recursive: true }));

const training = template(loans.training);
type Statement = Readonly<Record<string, unknown>> & { readonly Sid: string };

describe('a use case with chats', () => {
  const [[functionId, chat] = []] = Object.entries(resources(training, 'AWS::Lambda::Function'));

  test('has one function that knows them, by their parameters, and no origins but their own', () => {
    expect(Object.keys(resources(training, 'AWS::Lambda::Function'))).toEqual([functionId]);
    expect(chat?.Properties['FunctionName']).toBe('loans-chat');
    expect(chat?.Properties['DeadLetterConfig']).toBeDefined();
    expect(chat?.Properties['Environment']).toEqual({
      Variables: {
        MOORING_USE_CASE: 'loans',
        MOORING_SETTINGS: JSON.stringify({ chats }),
        NODE_OPTIONS: '--enable-source-maps',
      },
    });
  });

  test('subscribes it to the topic of its news, which alone may call it', () => {
    const [topic = ''] = Object.keys(resources(training, 'AWS::SNS::Topic'));
    const [permission = ''] = Object.keys(resources(training, 'AWS::Lambda::Permission'));
    const functionArn = { 'Fn::GetAtt': [functionId, 'Arn'] };
    expect(properties(training, 'AWS::SNS::Subscription')).toEqual([
      { TopicArn: { Ref: topic }, Protocol: 'lambda', Endpoint: functionArn },
    ]);
    expect(properties(training, 'AWS::Lambda::Permission')).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: functionArn,
        Principal: 'sns.amazonaws.com',
        SourceArn: { Ref: topic },
      },
    ]);
    const [subscription] = Object.values(resources(training, 'AWS::SNS::Subscription'));
    expect(subscription).toMatchObject({ DependsOn: [permission] });
  });

  test('lets it read these parameters, use the key for them and for dead letters, and nothing else', () => {
    const [policy] = Object.entries(resources(training, 'AWS::IAM::Policy')).flatMap(([id, { Properties }]) =>
      id.startsWith('NewsChats') ? [Properties['PolicyDocument'] as { readonly Statement: readonly Statement[] }] : [],
    );
    const statements = policy?.Statement ?? [];
    const actions = statements.map(({ Sid, Action }) => [Sid, Action]);
    expect(actions).toEqual([
      [undefined, ['logs:CreateLogStream', 'logs:PutLogEvents']],
      ['Environment', 'kms:Decrypt'],
      ['DeadLetters', 'sqs:SendMessage'],
      ['Addresses', 'ssm:GetParameter'],
      ['AddressKey', 'kms:Decrypt'],
      ['DeadLetterKey', ['kms:Decrypt', 'kms:GenerateDataKey']],
    ]);
    const of = (sid: string): Statement | undefined => statements.find(({ Sid }) => Sid === sid);
    const arns = chats.map(({ parameter }) => `arn:aws:ssm:eu-west-1:111122223333:parameter${parameter}`);
    expect((of('Addresses')?.['Resource'] as readonly unknown[]).map((each) => text(each, training))).toEqual(arns);
    const key = 'arn:aws:kms:eu-west-1:111122223333:key/1';
    for (const sid of ['AddressKey', 'DeadLetterKey']) expect(text(of(sid)?.['Resource'], training)).toBe(key);
    const condition = (sid: string): unknown =>
      JSON.parse(
        JSON.stringify(of(sid)?.['Condition'], (_, value: unknown) =>
          typeof value === 'object' && value !== null && 'Fn::Join' in value ? text(value, training) : value,
        ),
      );
    expect(condition('AddressKey')).toEqual({
      StringEquals: {
        'kms:ViaService': 'ssm.eu-west-1.amazonaws.com',
        'kms:EncryptionContext:PARAMETER_ARN': arns,
      },
    });
    expect(condition('DeadLetterKey')).toEqual({
      StringEquals: { 'kms:ViaService': 'sqs.eu-west-1.amazonaws.com' },
    });
  });

  test('notifies its subscribers when a chat could not be reached', () => {
    const rules = JSON.stringify(properties(template(loans.monitoring), 'AWS::Events::Rule'));
    expect(rules).toContain('"loans-chat-errors","loans-chat-throttles"');
    expect(properties(training, 'AWS::CloudWatch::Alarm').map((each) => each['AlarmName'])).toEqual([
      'loans-chat-errors',
      'loans-chat-throttles',
    ]);
  });
});

describe('a use case whose list of chats is empty', () => {
  test('has nothing of them, like all that have no list', () => {
    const templates = [prices.training, prices.serving, prices.monitoring, prices.retraining].map(template);
    expect(Object.keys(resources(template(prices.training), 'AWS::Lambda::Function'))).toEqual([]);
    expect(Object.keys(resources(template(prices.training), 'AWS::Lambda::Permission'))).toEqual([]);
    for (const each of templates) expect(JSON.stringify(each.toJSON())).not.toMatch(/prices-chat|mooring\/chats/);
  });
});
