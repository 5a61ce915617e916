import { bodies, body, optionalNumber, optionalText } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import { pick, resourceCall, typed, unlessGone, type ResourceCall } from '../../shared/resource-calls';
import {
  aliasProvider,
  eventInvokeConfigProvider,
  eventSourceMappingProvider,
  permissionProvider,
  versionProvider,
} from './function-parts';

const configurationMembers = [
  'Architectures',
  'DeadLetterConfig',
  'Description',
  'Environment',
  'EphemeralStorage',
  'Handler',
  'Layers',
  'LoggingConfig',
  'MemorySize',
  'PackageType',
  'Role',
  'Runtime',
  'Timeout',
  'TracingConfig',
];

/** AWS::Lambda::Function, Permission, Version, Alias, EventInvokeConfig and EventSourceMapping. */
export function lambdaProviders(account: AccountParts): readonly ResourceProvider[] {
  const call = resourceCall(account, 'lambda');
  return [
    functionProvider(call),
    permissionProvider(call),
    versionProvider(call),
    aliasProvider(call),
    eventInvokeConfigProvider(call),
    eventSourceMappingProvider(account, call),
  ];
}

function functionProvider(call: ResourceCall): ResourceProvider {
  const name = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'FunctionName') ?? context.generateName(64);
  return {
    type: 'AWS::Lambda::Function',
    properties: [...configurationMembers, 'Code', 'FunctionName', 'KmsKeyArn', 'ReservedConcurrentExecutions', 'Tags'],
    accepted: {
      RecursiveLoop: 'loops are not detected',
      RuntimeManagementConfig: 'the Node.js that runs the account runs its functions',
      SnapStart: 'workers stay warm anyway',
      VpcConfig: 'functions run on this machine and reach loopback only by what they are given',
    },
    replacedBy: ['FunctionName', 'PackageType'],
    attributes: ['Arn'],
    physicalIdOf: name,
    create: async (properties, context) => {
      const FunctionName = name(properties, context);
      const { FunctionArn } = await call('CreateFunction', {
        ...settings(properties),
        FunctionName,
        Code: code(properties),
        Tags: tags(properties),
      });
      await reserve(call, FunctionName, properties, {});
      return provisioned(FunctionName, FunctionArn);
    },
    update: async (physicalId, properties, previous) => {
      const changed = (read: (from: Body) => unknown): boolean =>
        JSON.stringify(read(properties)) !== JSON.stringify(read(previous));
      let answer: Body = {
        FunctionArn: (await call('GetFunctionConfiguration', { FunctionName: physicalId })).FunctionArn,
      };
      if (changed(settings))
        answer = await call('UpdateFunctionConfiguration', {
          Environment: {},
          DeadLetterConfig: { TargetArn: '' },
          ...settings(properties),
          FunctionName: physicalId,
        });
      if (changed(code)) answer = await call('UpdateFunctionCode', { ...code(properties), FunctionName: physicalId });
      if (changed(tags)) await call('TagResource', { Resource: answer.FunctionArn, Tags: tags(properties) });
      await reserve(call, physicalId, properties, previous);
      return provisioned(physicalId, answer.FunctionArn);
    },
    delete: (physicalId) => unlessGone(call('DeleteFunction', { FunctionName: physicalId })),
  };
}

const provisioned = (physicalId: string, arn: unknown): Provisioned => ({ physicalId, attributes: { Arn: arn } });

/** Inline code of a template is the text of a module; that of the API is a zip. */
function code(properties: Body): Body {
  const given = body(properties, 'Code');
  return given.ZipFile === undefined
    ? pick(given, ['S3Bucket', 'S3Key', 'S3ObjectVersion', 'ImageUri'])
    : { ZipFile: given.ZipFile, InlineSource: true };
}

function settings(properties: Body): Body {
  const members = typed(pick(properties, configurationMembers), ['MemorySize', 'Timeout', 'Size']) as Body;
  return properties.KmsKeyArn === undefined ? members : { ...members, KMSKeyArn: properties.KmsKeyArn };
}

function tags(properties: Body): Body {
  return Object.fromEntries(bodies(properties, 'Tags').map(({ Key, Value }) => [Key, Value]));
}

async function reserve(call: ResourceCall, FunctionName: string, properties: Body, previous: Body): Promise<void> {
  const ReservedConcurrentExecutions = optionalNumber(properties, 'ReservedConcurrentExecutions');
  if (ReservedConcurrentExecutions !== undefined)
    await call('PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions });
  else if (previous.ReservedConcurrentExecutions !== undefined)
    await call('DeleteFunctionConcurrency', { FunctionName });
}
