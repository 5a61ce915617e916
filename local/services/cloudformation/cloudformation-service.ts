import { randomUUID } from 'node:crypto';
import type { ChangeSet, Plan } from '../../assembly/change-set';
import { preview } from '../../assembly/changes';
import type { Deployer, DeployerParts } from '../../assembly/deployer';
import type { StackRepository } from '../../assembly/repository';
import { isInProgress, type Stack } from '../../assembly/stack';
import { parseTemplate } from '../../assembly/template';
import { validateTemplate } from '../../assembly/validate';
import { AwsError } from '../../core/errors';
import { body, optionalFlag, optionalText, text, textList } from '../../core/input';
import type { AwsService, Body, Operation, Permission } from '../../core/service';
import type { NestedStacks } from '../../resources/cloudformation-stack';
import { describeChangeSet, describeEvent, describeResource, describeStack, summarizeStack } from './descriptions';
import { neededCapabilities, planFrom, type RequestParts, templateSource } from './stack-requests';

export interface CloudFormationParts extends RequestParts {
  readonly repository: StackRepository;
  readonly deployer: Deployer;
  readonly deployment: DeployerParts;
  readonly now: () => Date;
  readonly arn: (resource: string) => string;
}

const noChanges =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** CloudFormation over the wire. Operations that AWS runs in the background have finished when the call returns. */
export class CloudFormationService implements AwsService, NestedStacks {
  readonly signingName = 'cloudformation';
  readonly xmlNamespace = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';
  readonly operations: Readonly<Record<string, Operation>>;

  constructor(private readonly parts: CloudFormationParts) {
    const { repository } = parts;
    this.operations = {
      CreateStack: (input) => this.createStack(input),
      UpdateStack: (input) => this.updateStack(input),
      DeleteStack: (input) => this.deleteStack(input),
      DescribeStacks: (input) => this.describeStacks(input),
      ListStacks: (input) => this.listStacks(input),
      DescribeStackEvents: (input) => ({
        StackEvents: [...repository.events(this.stack(input).id)].reverse().map(describeEvent),
      }),
      DescribeStackResources: (input) => this.describeStackResources(input),
      DescribeStackResource: (input) => this.describeStackResource(input),
      ListStackResources: (input) => this.listStackResources(input),
      GetTemplate: (input) => this.getTemplate(input),
      GetTemplateSummary: (input) => this.getTemplateSummary(input),
      ValidateTemplate: (input) => this.validate(input),
      ListExports: () => ({
        Exports: repository
          .exports()
          .map(({ exportName, value, stack }) => ({ ExportingStackId: stack.id, Name: exportName, Value: value })),
      }),
      ListImports: (input) => this.listImports(text(input, 'ExportName')),
      CreateChangeSet: (input) => this.createChangeSet(input),
      DescribeChangeSet: (input) => describeChangeSet(this.changeSet(input)),
      ListChangeSets: (input) => ({ Summaries: repository.changeSetsOf(this.stack(input).id).map(describeChangeSet) }),
      DeleteChangeSet: (input) => this.deleteChangeSet(input),
      ExecuteChangeSet: (input) => this.executeChangeSet(input),
      UpdateTerminationProtection: (input) => this.updateTerminationProtection(input),
      ContinueUpdateRollback: (input) => this.continueRollback(input),
      RollbackStack: (input) => this.continueRollback(input),
    };
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const name = optionalText(input, 'StackName');
    const stack = name === undefined ? undefined : this.parts.repository.find(name);
    return [
      {
        action: `cloudformation:${operation}`,
        resource:
          stack?.id ??
          (name === undefined || name.startsWith('arn:') ? (name ?? '*') : this.parts.arn(`stack/${name}/*`)),
      },
    ];
  }

  async createNested(name: string, properties: Body, parentId: string): Promise<Stack> {
    const plan = planFrom(nestedInput(properties), undefined, this.parts);
    const stack = this.newStack(name, plan, 'CREATE_IN_PROGRESS', undefined, parentId);
    return settled(await this.parts.deployer.create(stack, plan), 'CREATE_COMPLETE');
  }

  async updateNested(stackId: string, properties: Body): Promise<Stack> {
    const stack = this.idle({ StackName: stackId });
    const plan = planFrom(nestedInput(properties), stack, this.parts);
    if (preview(this.parts.deployment, this.parts.registry, stack, plan).empty) return stack;
    return settled(await this.parts.deployer.update(stack, plan), 'UPDATE_COMPLETE');
  }

  async deleteNested(stackId: string): Promise<void> {
    const stack = this.parts.repository.find(stackId);
    if (stack !== undefined && stack.status !== 'DELETE_COMPLETE')
      settled(await this.parts.deployer.delete(stack), 'DELETE_COMPLETE');
  }

  private stack(input: Body): Stack {
    return this.parts.repository.stack(text(input, 'StackName'));
  }

  /** The stack, when no other operation is running on it. */
  private idle(input: Body): Stack {
    const stack = this.stack(input);
    if (isInProgress(stack.status))
      throw new AwsError('ValidationError', `Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
    return stack;
  }

  private async createStack(input: Body): Promise<Body> {
    const name = stackName(input);
    const existing = this.parts.repository.find(name);
    if (existing !== undefined) throw new AwsError('AlreadyExistsException', `Stack [${name}] already exists`);
    const plan = planFrom(input, undefined, this.parts);
    const stack = this.newStack(name, plan, 'CREATE_IN_PROGRESS', optionalFlag(input, 'EnableTerminationProtection'));
    await this.parts.deployer.create(stack, plan);
    return { StackId: stack.id };
  }

  private async updateStack(input: Body): Promise<Body> {
    const stack = this.idle(input);
    const plan = planFrom(input, stack, this.parts);
    if (preview(this.parts.deployment, this.parts.registry, stack, plan).empty)
      throw new AwsError('ValidationError', 'No updates are to be performed.');
    await this.parts.deployer.update(stack, plan);
    return { StackId: stack.id };
  }

  private async deleteStack(input: Body): Promise<void> {
    const stack = this.parts.repository.find(text(input, 'StackName'));
    if (stack === undefined || stack.status === 'DELETE_COMPLETE') return;
    if (stack.terminationProtection)
      throw new AwsError(
        'ValidationError',
        `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`,
      );
    await this.parts.deployer.delete(this.idle(input), textList(input, 'RetainResources'));
  }

  private describeStacks(input: Body): Body {
    if (optionalText(input, 'StackName') !== undefined) return { Stacks: [describeStack(this.stack(input))] };
    return {
      Stacks: this.parts.repository
        .all()
        .filter(({ status }) => status !== 'DELETE_COMPLETE')
        .map(describeStack),
    };
  }

  private listStacks(input: Body): Body {
    const wanted = textList(input, 'StackStatusFilter');
    const stacks = this.parts.repository.all().filter(({ status }) => wanted.length === 0 || wanted.includes(status));
    return { StackSummaries: [...stacks].reverse().map(summarizeStack) };
  }

  private describeStackResources(input: Body): Body {
    const physical = optionalText(input, 'PhysicalResourceId');
    const { repository } = this.parts;
    const stack =
      physical === undefined
        ? this.stack(input)
        : repository
            .all()
            .find((each) => repository.resources(each.id).some(({ physicalId }) => physicalId === physical));
    if (stack === undefined) throw new AwsError('ValidationError', `Stack for ${physical ?? ''} does not exist`);
    const logical = optionalText(input, 'LogicalResourceId');
    const resources = repository
      .resources(stack.id)
      .filter(({ logicalId }) => logical === undefined || logicalId === logical);
    return { StackResources: resources.map((each) => describeResource(stack, each, 'Timestamp')) };
  }

  private describeStackResource(input: Body): Body {
    const stack = this.stack(input);
    const id = text(input, 'LogicalResourceId');
    const resource = this.parts.repository.resource(stack.id, id);
    if (resource === undefined)
      throw new AwsError('ValidationError', `Resource ${id} does not exist for stack ${stack.name}`);
    return { StackResourceDetail: describeResource(stack, resource, 'LastUpdatedTimestamp') };
  }

  private listStackResources(input: Body): Body {
    const stack = this.stack(input);
    return {
      StackResourceSummaries: this.parts.repository
        .resources(stack.id)
        .map((each) => describeResource(stack, each, 'LastUpdatedTimestamp')),
    };
  }

  private getTemplate(input: Body): Body {
    const changeSet = optionalText(input, 'ChangeSetName');
    if (changeSet !== undefined)
      return { TemplateBody: this.changeSet(input).plan.source, StagesAvailable: ['Original', 'Processed'] };
    const stack = this.stack(input);
    return { TemplateBody: this.parts.repository.template(stack.id), StagesAvailable: ['Original', 'Processed'] };
  }

  private getTemplateSummary(input: Body): Body {
    const name = optionalText(input, 'StackName');
    const source =
      name === undefined
        ? templateSource(input, undefined, this.parts)
        : this.parts.repository.template(this.stack(input).id);
    const template = parseTemplate(source);
    const types = [...new Set(Object.values(template.resources).map(({ type }) => type))];
    return {
      ...this.declared(source),
      ResourceTypes: types,
      Metadata: JSON.stringify(template.metadata),
      Version: '2010-09-09',
    };
  }

  private validate(input: Body): Body {
    const source = templateSource(input, undefined, this.parts);
    validateTemplate(parseTemplate(source), this.parts.registry);
    return this.declared(source);
  }

  /** Description, parameters and capabilities of a template. */
  private declared(source: string): Body {
    const template = parseTemplate(source);
    const capabilities = neededCapabilities(template);
    return {
      Description: template.description,
      Parameters: Object.entries(template.parameters).map(([ParameterKey, each]) => ({
        ParameterKey,
        DefaultValue: optionalText(each, 'Default'),
        ParameterType: optionalText(each, 'Type'),
        NoEcho: optionalFlag(each, 'NoEcho') ?? false,
        Description: optionalText(each, 'Description'),
      })),
      Capabilities: capabilities,
      CapabilitiesReason:
        capabilities.length === 0 ? undefined : 'The following resource(s) require capabilities: [AWS::IAM::Role]',
    };
  }

  private listImports(exportName: string): Body {
    const importers = this.parts.repository.importers(exportName);
    if (importers.length === 0)
      throw new AwsError('ValidationError', `Export '${exportName}' is not imported by any stack.`);
    return { Imports: importers.map(({ name }) => name) };
  }

  private createChangeSet(input: Body): Body {
    const { repository } = this.parts;
    const name = stackName(input);
    const kind = optionalText(input, 'ChangeSetType') ?? 'UPDATE';
    if (kind !== 'CREATE' && kind !== 'UPDATE')
      throw new AwsError(
        'ValidationError',
        `the change set type ${kind} is not supported by the local account; allowed: CREATE, UPDATE`,
      );
    const found = repository.find(name);
    const existing = found?.status === 'REVIEW_IN_PROGRESS' ? undefined : found;
    if (kind === 'UPDATE' && existing === undefined)
      throw new AwsError('ValidationError', `Stack [${name}] does not exist`);
    if (kind === 'CREATE' && existing !== undefined)
      throw new AwsError(
        'ValidationError',
        `Stack [${name}] already exists and cannot be created again with the changeSet [${text(input, 'ChangeSetName')}].`,
      );
    if (existing !== undefined) this.idle(input);
    const plan = planFrom(input, existing, this.parts);
    const stack = found ?? this.newStack(name, plan, 'REVIEW_IN_PROGRESS', undefined);
    const changeSet = this.newChangeSet(input, stack, kind, plan);
    repository.saveChangeSet(changeSet);
    return { Id: changeSet.id, StackId: stack.id };
  }

  private newChangeSet(input: Body, stack: Stack, kind: ChangeSet['kind'], plan: Plan): ChangeSet {
    const name = text(input, 'ChangeSetName');
    if (this.parts.repository.findChangeSet(name, stack.id) !== undefined)
      throw new AwsError('AlreadyExistsException', `ChangeSet ${name} already exists for stack ${stack.name}`);
    const { changes, empty } = preview(this.parts.deployment, this.parts.registry, stack, plan);
    return {
      id: this.parts.arn(`changeSet/${name}/${randomUUID()}`),
      name,
      stackId: stack.id,
      stackName: stack.name,
      kind,
      description: optionalText(input, 'Description') ?? '',
      created: this.parts.now().toISOString(),
      status: empty ? 'FAILED' : 'CREATE_COMPLETE',
      ...(empty ? { reason: noChanges } : {}),
      plan,
      changes,
    };
  }

  private changeSet(input: Body): ChangeSet {
    const name = text(input, 'ChangeSetName');
    const stackNameOrId = optionalText(input, 'StackName');
    const stack = stackNameOrId === undefined ? undefined : this.parts.repository.find(stackNameOrId);
    if (stackNameOrId !== undefined && stack === undefined) this.parts.repository.stack(stackNameOrId);
    const found = this.parts.repository.findChangeSet(name, stack?.id);
    if (found === undefined) throw new AwsError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, 404);
    return found;
  }

  private deleteChangeSet(input: Body): void {
    const stack = this.parts.repository.find(optionalText(input, 'StackName') ?? '');
    const found = this.parts.repository.findChangeSet(text(input, 'ChangeSetName'), stack?.id);
    if (found !== undefined) this.parts.repository.deleteChangeSet(found.id);
  }

  private async executeChangeSet(input: Body): Promise<void> {
    const { repository, deployer } = this.parts;
    const changeSet = this.changeSet(input);
    if (changeSet.status === 'FAILED')
      throw new AwsError(
        'InvalidChangeSetStatus',
        `ChangeSet [${changeSet.id}] cannot be executed in its current status of [FAILED]`,
      );
    const stack = this.idle({ StackName: changeSet.stackId });
    for (const each of repository.changeSetsOf(stack.id)) repository.deleteChangeSet(each.id);
    const plan: Plan = {
      ...changeSet.plan,
      disableRollback: optionalFlag(input, 'DisableRollback') ?? changeSet.plan.disableRollback,
    };
    const marked = repository.save({ ...stack, changeSetId: changeSet.id });
    await (changeSet.kind === 'CREATE' ? deployer.create(marked, plan) : deployer.update(marked, plan));
  }

  private updateTerminationProtection(input: Body): Body {
    const stack = this.stack(input);
    this.parts.repository.save({
      ...stack,
      terminationProtection: optionalFlag(input, 'EnableTerminationProtection') ?? false,
    });
    return { StackId: stack.id };
  }

  private async continueRollback(input: Body): Promise<Body> {
    const stack = this.idle(input);
    await this.parts.deployer.rollback(stack, 'User Initiated');
    return { StackId: stack.id };
  }

  private newStack(
    name: string,
    plan: Plan,
    status: string,
    protection: boolean | undefined,
    parentId?: string,
  ): Stack {
    const { repository } = this.parts;
    const stack: Stack = {
      id: this.parts.arn(`stack/${name}/${randomUUID()}`),
      name,
      description: parseTemplate(plan.source).description,
      status,
      created: this.parts.now().toISOString(),
      parameters: {},
      tags: [],
      capabilities: [],
      notificationArns: [],
      outputs: [],
      imports: [],
      disableRollback: false,
      terminationProtection: protection ?? false,
      ...(parentId === undefined ? {} : { parentId }),
    };
    return status === 'REVIEW_IN_PROGRESS'
      ? repository.setStatus(stack, status, 'User Initiated')
      : repository.save(stack);
  }
}

function stackName(input: Body): string {
  const given = text(input, 'StackName');
  const name = /^arn:aws:cloudformation:[^:]*:[^:]*:stack\/([^/]+)\//.exec(given)?.[1] ?? given;
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name))
    throw new AwsError(
      'ValidationError',
      `'${name}' is no stack name; it must start with a letter, followed by up to 127 letters, digits and hyphens`,
    );
  return name;
}

/** A nested stack's properties as a request of the API; its capabilities are the parent's. */
function nestedInput(properties: Body): Body {
  const parameters = Object.entries(body(properties, 'Parameters')).map(([ParameterKey, value]) => ({
    ParameterKey,
    ParameterValue: Array.isArray(value) ? value.join(',') : String(value),
  }));
  return { ...properties, Parameters: parameters, Capabilities: ['CAPABILITY_NAMED_IAM'] };
}

function settled(stack: Stack, status: string): Stack {
  if (stack.status !== status)
    throw new AwsError(
      'NestedStackFailed',
      `Embedded stack ${stack.id} was not successfully ${status === 'DELETE_COMPLETE' ? 'deleted' : status === 'CREATE_COMPLETE' ? 'created' : 'updated'}: ${stack.reason ?? stack.status}`,
    );
  return stack;
}
