import { randomUUID } from 'node:crypto';
import type { Plan } from '../../../cloudformation/change-set';
import { preview } from '../../../cloudformation/changes';
import type { Deployer, DeployerParts } from '../../../cloudformation/deployer';
import type { StackRepository } from '../../../cloudformation/repository';
import { isInProgress, type Stack } from '../../../cloudformation/stack';
import { parseTemplate } from '../../../cloudformation/template';
import { AwsError } from '../../../core/errors';
import { body, optionalFlag, text, textList } from '../../../core/input';
import type { Body } from '../../../core/service';
import type { NestedStacks } from '../resources/stack';
import { planFrom, type RequestParts } from './stack-requests';

export interface CloudFormationParts extends RequestParts {
  readonly repository: StackRepository;
  readonly deployer: Deployer;
  readonly deployment: DeployerParts;
  readonly now: () => Date;
  readonly arn: (resource: string) => string;
}

/** Operations that change stacks directly, and stacks inside of stacks. */
export class StackChanges implements NestedStacks {
  constructor(private readonly parts: CloudFormationParts) {}

  async createStack(input: Body): Promise<Body> {
    const name = stackName(input);
    const existing = this.parts.repository.find(name);
    if (existing !== undefined) throw new AwsError('AlreadyExistsException', `Stack [${name}] already exists`);
    const plan = planFrom(input, undefined, this.parts);
    const stack = this.newStack(name, plan, 'CREATE_IN_PROGRESS', optionalFlag(input, 'EnableTerminationProtection'));
    await this.parts.deployer.create(stack, plan);
    return { StackId: stack.id };
  }

  async updateStack(input: Body): Promise<Body> {
    const stack = this.idle(input);
    const plan = planFrom(input, stack, this.parts);
    if (preview(this.parts.deployment, this.parts.registry, stack, plan).empty)
      throw new AwsError('ValidationError', 'No updates are to be performed.');
    await this.parts.deployer.update(stack, plan);
    return { StackId: stack.id };
  }

  async deleteStack(input: Body): Promise<void> {
    const stack = this.parts.repository.find(text(input, 'StackName'));
    if (stack === undefined || stack.status === 'DELETE_COMPLETE') return;
    if (stack.terminationProtection)
      throw new AwsError(
        'ValidationError',
        `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`,
      );
    await this.parts.deployer.delete(this.idle(input), textList(input, 'RetainResources'));
  }

  updateTerminationProtection(input: Body): Body {
    const stack = this.parts.repository.stack(text(input, 'StackName'));
    this.parts.repository.save({
      ...stack,
      terminationProtection: optionalFlag(input, 'EnableTerminationProtection') ?? false,
    });
    return { StackId: stack.id };
  }

  async continueRollback(input: Body): Promise<Body> {
    const stack = this.idle(input);
    await this.parts.deployer.rollback(stack, 'User Initiated');
    return { StackId: stack.id };
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

  /** The stack, when no other operation is running on it. */
  idle(input: Body): Stack {
    const stack = this.parts.repository.stack(text(input, 'StackName'));
    if (isInProgress(stack.status))
      throw new AwsError('ValidationError', `Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
    return stack;
  }

  newStack(name: string, plan: Plan, status: string, protection: boolean | undefined, parentId?: string): Stack {
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

export function stackName(input: Body): string {
  const given = text(input, 'StackName');
  const name = /^arn:aws[a-z-]*:cloudformation:[^:]*:[^:]*:stack\/([^/]+)\//.exec(given)?.[1] ?? given;
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
