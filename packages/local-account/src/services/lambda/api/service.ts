import { AwsError } from '../../../core/errors';
import { body, optionalNumber, optionalText, text, textList } from '../../../core/input';
import type { AccountParts, FunctionInvoker } from '../../../core/module';
import type { AwsService, Body, Operation, Permission } from '../../../core/service';
import type { FunctionEvents } from '../../shared/peers';
import { requireServiceAccess, type Source } from '../../shared/resource-policy';
import { requireTrust } from '../../shared/trust';
import { AsyncInvocations, type AsyncHost } from '../runtime/async-invocations';
import { parseJson } from '../../../core/json';
import { EventInvokeConfigs } from './event-invoke-configs';
import { EventSources } from '../runtime/event-sources';
import { FunctionPolicies } from './function-policy';
import { configuration, reference, type AliasRecord, type FunctionRecord } from '../runtime/function-record';
import type { FunctionRunner } from '../runtime/function-runner';
import type { Functions } from './functions';
import { lambdaRoutes } from './routes';
import type { WorkerPool } from '../runtime/worker-pool';

const payloadLimit = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024 };

/** Lambda: functions that really run. */
export class Lambda implements AwsService, FunctionInvoker, FunctionEvents {
  readonly signingName = 'lambda';
  readonly routes = lambdaRoutes;
  readonly maxBodyBytes = 72 * 1024 * 1024;
  private readonly policies: FunctionPolicies;
  private readonly queue: AsyncInvocations;
  private readonly sources: EventSources;
  private readonly eventInvokeConfigs: EventInvokeConfigs;

  readonly operations: Readonly<Record<string, Operation>> = {
    CreateFunction: (input) => this.create(input),
    ListFunctions: () => ({ Functions: this.functions.all().map(configuration) }),
    GetFunction: (input) => this.getFunction(this.find(input)),
    GetFunctionConfiguration: (input) => configuration(this.find(input)),
    UpdateFunctionConfiguration: async (input) => {
      await this.checkRole(input);
      return this.changed(this.functions.updateConfiguration(this.name(input), input));
    },
    UpdateFunctionCode: (input) =>
      this.changed(this.functions.updateCode(this.name(input), input), input.Publish === true),
    DeleteFunction: (input) => this.deleteFunction(input),
    Invoke: (input) => this.invokeOperation(input),
    PublishVersion: (input) =>
      configuration(
        this.functions.publish(this.name(input), optionalText(input, 'Description'), optionalText(input, 'CodeSha256')),
      ),
    ListVersionsByFunction: (input) => ({
      Versions: [this.functions.require(this.name(input)), ...this.functions.versionsOf(this.name(input))].map(
        configuration,
      ),
    }),
    CreateAlias: (input) => describedAlias(this.functions.putAlias(this.name(input), input, false)),
    UpdateAlias: (input) => describedAlias(this.functions.putAlias(this.name(input), input, true)),
    GetAlias: (input) => describedAlias(this.functions.alias(this.name(input), text(input, 'Name'))),
    ListAliases: (input) => ({ Aliases: this.functions.aliasesOf(this.name(input)).map(describedAlias) }),
    DeleteAlias: (input) => this.functions.deleteAlias(this.name(input), text(input, 'Name')),
    AddPermission: (input) => ({ Statement: JSON.stringify(this.policies.add(this.policyArn(input), input)) }),
    RemovePermission: (input) => this.policies.remove(this.policyArn(input), text(input, 'StatementId')),
    GetPolicy: (input) => this.getPolicy(input),
    PutFunctionConcurrency: (input) => this.putConcurrency(input),
    GetFunctionConcurrency: (input) => ({
      ReservedConcurrentExecutions: this.functions.concurrency.get(this.functions.require(this.name(input)).name),
    }),
    DeleteFunctionConcurrency: (input) => {
      this.functions.concurrency.delete(this.name(input));
    },
    PutFunctionEventInvokeConfig: (input) => this.eventInvokeConfigs.put(input),
    UpdateFunctionEventInvokeConfig: (input) => this.eventInvokeConfigs.update(input),
    GetFunctionEventInvokeConfig: (input) => this.eventInvokeConfigs.get(input),
    DeleteFunctionEventInvokeConfig: (input) => this.eventInvokeConfigs.delete(input),
    CreateEventSourceMapping: (input) => this.sources.create(input, this.qualifiedArn(input)),
    UpdateEventSourceMapping: (input) => this.sources.update(input),
    GetEventSourceMapping: (input) => this.sources.get(input),
    ListEventSourceMappings: (input) => this.sources.list(input),
    DeleteEventSourceMapping: (input) => this.sources.delete(input),
    ListTags: (input) => ({ Tags: this.functions.require(reference(text(input, 'Resource')).name).tags }),
    TagResource: (input) =>
      this.functions.tag(reference(text(input, 'Resource')).name, (tags) => ({
        ...tags,
        ...(body(input, 'Tags') as Readonly<Record<string, string>>),
      })),
    UntagResource: (input) => {
      const removed = new Set(textList(input, 'TagKeys'));
      this.functions.tag(reference(text(input, 'Resource')).name, (tags) =>
        Object.fromEntries(Object.entries(tags).filter(([key]) => !removed.has(key))),
      );
    },
  };

  constructor(
    private readonly account: AccountParts,
    private readonly functions: Functions,
    private readonly runner: FunctionRunner,
    private readonly pool: WorkerPool,
  ) {
    this.policies = new FunctionPolicies(account.store.collection('lambda.policies'));
    const host: AsyncHost = {
      find: (name, qualifier) => functions.require(name, qualifier),
      settings: (name, qualifier) => functions.asyncSettings.get(`${name}:${qualifier ?? '$LATEST'}`) ?? {},
      run: (record, payload, requestId) =>
        runner.invoke(record, payload, functions.concurrency.get(record.name), requestId),
    };
    this.queue = new AsyncInvocations(account, host);
    this.sources = new EventSources(account);
    this.eventInvokeConfigs = new EventInvokeConfigs(functions, account.clock);
  }

  start(): void {
    this.sources.start();
    this.queue.resume();
  }

  async invoke(
    functionNameOrArn: string,
    payload: unknown,
  ): Promise<{ readonly payload: unknown; readonly error?: 'Handled' | 'Unhandled' }> {
    const { name, qualifier } = reference(functionNameOrArn);
    const record = this.functions.require(name, qualifier);
    const result = await this.runner.invoke(
      record,
      JSON.stringify(payload ?? {}),
      this.functions.concurrency.get(name),
    );
    return {
      payload: parseJson(result.payload) as unknown,
      ...(result.error === undefined ? {} : { error: result.error }),
    };
  }

  invokeFor(source: Source, functionArn: string, payload: string): void {
    this.requireAccess(source, functionArn);
    const { name, qualifier } = reference(functionArn);
    this.queue.accept(name, qualifier, payload);
  }

  requireAccess(source: Source, functionArn: string): void {
    const { name, qualifier } = reference(functionArn);
    this.functions.require(name, qualifier);
    const arn = qualifier === undefined ? this.functions.arn(name) : `${this.functions.arn(name)}:${qualifier}`;
    requireServiceAccess(
      this.policies.document(arn),
      source,
      { action: 'lambda:InvokeFunction', resource: arn },
      this.account.accountId,
      `add an AWS::Lambda::Permission for ${source.service} with SourceArn ${source.arn} (in CDK: fn.addPermission, or the construct that makes the target)`,
    );
  }

  async invokeNow(
    functionArn: string,
    payload: string,
  ): Promise<{ readonly payload: unknown; readonly error?: string }> {
    return this.invoke(functionArn, parseJson(payload) as unknown);
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const action = operation === 'Invoke' ? 'lambda:InvokeFunction' : `lambda:${operation}`;
    const target = optionalText(input, 'FunctionName') ?? optionalText(input, 'Resource');
    if (target === undefined) return [{ action, resource: '*' }];
    const { name, qualifier } = reference(target, optionalText(input, 'Qualifier'));
    const resource = qualifier === undefined ? this.functions.arn(name) : `${this.functions.arn(name)}:${qualifier}`;
    const role = optionalText(input, 'Role');
    const passing: readonly Permission[] =
      role === undefined
        ? []
        : [{ action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': 'lambda.amazonaws.com' } }];
    return [{ action, resource, resourcePolicy: this.policies.document(resource) }, ...passing];
  }

  private async create(input: Body): Promise<Body> {
    await this.checkRole(input);
    return configuration(this.functions.create(input));
  }

  private async checkRole(input: Body): Promise<void> {
    const role = optionalText(input, 'Role');
    const arn = this.functions.arn(reference(text(input, 'FunctionName')).name);
    if (role !== undefined) await requireTrust(this.account, role, { service: 'lambda.amazonaws.com', arn });
  }

  private async invokeOperation(input: Body): Promise<Body> {
    const { name, qualifier } = reference(text(input, 'FunctionName'), optionalText(input, 'Qualifier'));
    const record = this.functions.require(name, qualifier);
    const type = optionalText(input, 'InvocationType') ?? 'RequestResponse';
    const payload = payloadText(input.Payload);
    if (type === 'DryRun') return { StatusCode: 204, Payload: '' };
    if (type !== 'RequestResponse' && type !== 'Event')
      throw new AwsError(
        'InvalidParameterValueException',
        `'InvocationType' is '${type}'; allowed: RequestResponse, Event, DryRun`,
      );
    if (Buffer.byteLength(payload) > payloadLimit[type])
      throw new AwsError('RequestTooLargeException', `the payload is larger than ${payloadLimit[type]} bytes`, 413);
    if (type === 'Event') {
      this.queue.accept(name, qualifier, payload);
      return { StatusCode: 202, Payload: '' };
    }
    const result = await this.runner.invoke(record, payload, this.functions.concurrency.get(name));
    const tail =
      optionalText(input, 'LogType') === 'Tail'
        ? { LogResult: Buffer.from(result.log.join('\n')).subarray(-4096).toString('base64') }
        : {};
    return {
      StatusCode: 200,
      ExecutedVersion: record.version,
      Payload: Buffer.from(result.payload),
      ...(result.error === undefined ? {} : { FunctionError: result.error }),
      ...tail,
    };
  }

  private changed(record: FunctionRecord, publish = false): Body {
    this.pool.retire(`${record.name}:$LATEST:`);
    return configuration(publish ? this.functions.publish(record.name, undefined) : record);
  }

  private deleteFunction(input: Body): void {
    const { name, qualifier } = reference(text(input, 'FunctionName'), optionalText(input, 'Qualifier'));
    this.functions.delete(name, qualifier);
    if (qualifier === undefined) this.policies.clear(this.functions.arn(name));
    this.pool.retire(qualifier === undefined ? `${name}:` : `${name}:${qualifier}:`);
  }

  private getFunction(record: FunctionRecord): Body {
    const { bucket, key } = record.code;
    const location = bucket === undefined || key === undefined ? '' : `${this.account.endpointUrl()}/${bucket}/${key}`;
    const reserved = this.functions.concurrency.get(record.name);
    return {
      Configuration: configuration(record),
      Code: { RepositoryType: 'S3', Location: location },
      ...(Object.keys(record.tags).length === 0 ? {} : { Tags: record.tags }),
      ...(reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: reserved } }),
    };
  }

  private getPolicy(input: Body): Body {
    const arn = this.policyArn(input);
    const policy = this.policies.document(arn);
    if (policy === undefined)
      throw new AwsError('ResourceNotFoundException', `No policy is associated with the given resource: ${arn}`, 404);
    return { Policy: JSON.stringify(policy), RevisionId: this.functions.require(this.name(input)).revisionId };
  }

  private putConcurrency(input: Body): Body {
    const reserved = optionalNumber(input, 'ReservedConcurrentExecutions');
    if (reserved === undefined || reserved < 0)
      throw new AwsError('InvalidParameterValueException', "'ReservedConcurrentExecutions' must be zero or more");
    this.functions.concurrency.put(this.functions.require(this.name(input)).name, reserved);
    return { ReservedConcurrentExecutions: reserved };
  }

  private find(input: Body): FunctionRecord {
    const { name, qualifier } = reference(text(input, 'FunctionName'), optionalText(input, 'Qualifier'));
    return this.functions.require(name, qualifier);
  }

  private name(input: Body): string {
    return reference(text(input, 'FunctionName')).name;
  }

  private qualifiedArn(input: Body): string {
    const { name, qualifier } = reference(text(input, 'FunctionName'), optionalText(input, 'Qualifier'));
    this.functions.require(name, qualifier);
    return qualifier === undefined ? this.functions.arn(name) : `${this.functions.arn(name)}:${qualifier}`;
  }

  private policyArn(input: Body): string {
    return this.qualifiedArn(input);
  }
}

const describedAlias = (alias: AliasRecord): Body => ({
  AliasArn: alias.arn,
  Name: alias.name,
  FunctionVersion: alias.version,
  Description: alias.description,
});

function payloadText(payload: unknown): string {
  const text =
    payload instanceof Uint8Array ? Buffer.from(payload).toString('utf8') : typeof payload === 'string' ? payload : '';
  if (text === '') return '{}';
  try {
    parseJson(text);
    return text;
  } catch {
    throw new AwsError(
      'InvalidRequestContentException',
      'Could not parse request body into json: the payload is not JSON',
    );
  }
}
