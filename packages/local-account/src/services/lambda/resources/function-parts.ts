import { text } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Provisioned, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import { pick, typed, unlessGone, type ResourceCall } from '../../shared/resource-calls';

/** AWS::Lambda::Permission. */
export function permissionProvider(call: ResourceCall): ResourceProvider {
  const members = [
    'Action',
    'EventSourceToken',
    'FunctionName',
    'FunctionUrlAuthType',
    'Principal',
    'PrincipalOrgID',
    'SourceAccount',
    'SourceArn',
  ];
  const add = async (StatementId: string, properties: Body): Promise<Provisioned> => {
    await call('AddPermission', { ...pick(properties, members), StatementId });
    return { physicalId: StatementId, attributes: { Id: StatementId } };
  };
  const remove = (StatementId: string, properties: Body): Promise<void> =>
    unlessGone(call('RemovePermission', { FunctionName: properties.FunctionName, StatementId }));
  return {
    type: 'AWS::Lambda::Permission',
    properties: members,
    attributes: ['Id'],
    create: (properties, context) => add(context.generateName(100), properties),
    update: async (physicalId, properties, previous) => {
      await remove(physicalId, previous);
      return add(physicalId, properties);
    },
    delete: remove,
  };
}

/** AWS::Lambda::Version. */
export function versionProvider(call: ResourceCall): ResourceProvider {
  const provisioned = (arn: string): Provisioned => ({
    physicalId: arn,
    attributes: { FunctionArn: arn, Version: arn.split(':').at(-1) },
  });
  return {
    type: 'AWS::Lambda::Version',
    properties: ['FunctionName', 'Description', 'CodeSha256'],
    accepted: {
      ProvisionedConcurrencyConfig: 'workers stay warm anyway',
      RuntimePolicy: 'the Node.js that runs the account runs its functions',
    },
    replacedBy: ['FunctionName', 'Description', 'CodeSha256'],
    attributes: ['FunctionArn', 'Version'],
    create: async (properties) =>
      provisioned(
        String(
          (await call('PublishVersion', pick(properties, ['FunctionName', 'Description', 'CodeSha256']))).FunctionArn,
        ),
      ),
    update: (physicalId) => provisioned(physicalId),
    delete: (physicalId) => unlessGone(call('DeleteFunction', { FunctionName: physicalId })),
  };
}

/** AWS::Lambda::Alias. */
export function aliasProvider(call: ResourceCall): ResourceProvider {
  const members = ['Name', 'FunctionName', 'FunctionVersion', 'Description', 'RoutingConfig'];
  const put = async (operation: string, properties: Body): Promise<Provisioned> => {
    const { AliasArn } = await call(operation, pick(properties, members));
    return { physicalId: String(AliasArn), attributes: { AliasArn } };
  };
  return {
    type: 'AWS::Lambda::Alias',
    properties: members,
    accepted: { ProvisionedConcurrencyConfig: 'workers stay warm anyway' },
    replacedBy: ['Name', 'FunctionName'],
    attributes: ['AliasArn'],
    create: (properties) => put('CreateAlias', properties),
    update: (_physicalId, properties) => put('UpdateAlias', properties),
    delete: (_physicalId, properties) => unlessGone(call('DeleteAlias', pick(properties, ['Name', 'FunctionName']))),
  };
}

/** AWS::Lambda::EventInvokeConfig. */
export function eventInvokeConfigProvider(call: ResourceCall): ResourceProvider {
  const members = [
    'FunctionName',
    'Qualifier',
    'DestinationConfig',
    'MaximumEventAgeInSeconds',
    'MaximumRetryAttempts',
  ];
  const put = async (physicalId: string, properties: Body): Promise<Provisioned> => {
    await call(
      'PutFunctionEventInvokeConfig',
      typed(pick(properties, members), ['MaximumEventAgeInSeconds', 'MaximumRetryAttempts']) as Body,
    );
    return { physicalId, attributes: {} };
  };
  return {
    type: 'AWS::Lambda::EventInvokeConfig',
    properties: members,
    replacedBy: ['FunctionName', 'Qualifier'],
    create: (properties, context) => put(context.generateName(128), properties),
    update: put,
    delete: (_physicalId, properties) =>
      unlessGone(call('DeleteFunctionEventInvokeConfig', pick(properties, ['FunctionName', 'Qualifier']))),
  };
}

/** AWS::Lambda::EventSourceMapping, from SQS. */
export function eventSourceMappingProvider(account: AccountParts, call: ResourceCall): ResourceProvider {
  const members = ['FunctionName', 'EventSourceArn', 'BatchSize', 'Enabled', 'FunctionResponseTypes'];
  const provisioned = (answer: Body): Provisioned => {
    const id = text(answer, 'UUID');
    return {
      physicalId: id,
      attributes: { Id: id, EventSourceMappingArn: account.arn('lambda', `event-source-mapping:${id}`) },
    };
  };
  const input = (properties: Body): Body => typed(pick(properties, members), ['BatchSize'], ['Enabled']) as Body;
  return {
    type: 'AWS::Lambda::EventSourceMapping',
    properties: members,
    accepted: {
      MaximumBatchingWindowInSeconds: 'batches are taken as soon as there is a message',
      ScalingConfig: 'one batch of a mapping is handled at a time',
      Tags: 'mappings keep no tags',
    },
    replacedBy: ['EventSourceArn', 'FunctionName'],
    attributes: ['Id', 'EventSourceMappingArn'],
    create: async (properties) => provisioned(await call('CreateEventSourceMapping', input(properties))),
    update: async (physicalId, properties) =>
      provisioned(await call('UpdateEventSourceMapping', { ...input(properties), UUID: physicalId })),
    delete: (physicalId) => unlessGone(call('DeleteEventSourceMapping', { UUID: physicalId })),
  };
}
