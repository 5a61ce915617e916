import { randomUUID } from 'node:crypto';
import type { ChangeSet, Plan } from '../../../cloudformation/change-set';
import { preview } from '../../../cloudformation/changes';
import type { Stack } from '../../../cloudformation/stack';
import { AwsError } from '../../../core/errors';
import { optionalFlag, optionalText, text } from '../../../core/input';
import type { Body } from '../../../core/service';
import { type CloudFormationParts, type StackChanges, stackName } from './stack-changes';
import { planFrom } from './stack-requests';

const noChanges =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** Change sets: a plan is made, looked at, and executed or dropped. */
export class ChangeSets {
  constructor(
    private readonly parts: CloudFormationParts,
    private readonly changes: StackChanges,
  ) {}

  create(input: Body): Body {
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
    if (existing !== undefined) this.changes.idle(input);
    const plan = planFrom(input, existing, this.parts);
    const stack = found ?? this.changes.newStack(name, plan, 'REVIEW_IN_PROGRESS', undefined);
    const changeSet = this.made(input, stack, kind, plan);
    repository.saveChangeSet(changeSet);
    return { Id: changeSet.id, StackId: stack.id };
  }

  async execute(input: Body): Promise<void> {
    const { repository, deployer } = this.parts;
    const changeSet = this.find(input);
    if (changeSet.status === 'FAILED')
      throw new AwsError(
        'InvalidChangeSetStatus',
        `ChangeSet [${changeSet.id}] cannot be executed in its current status of [FAILED]`,
      );
    const stack = this.changes.idle({ StackName: changeSet.stackId });
    for (const each of repository.changeSetsOf(stack.id)) repository.deleteChangeSet(each.id);
    const plan: Plan = {
      ...changeSet.plan,
      disableRollback: optionalFlag(input, 'DisableRollback') ?? changeSet.plan.disableRollback,
    };
    const marked = repository.save({ ...stack, changeSetId: changeSet.id });
    await (changeSet.kind === 'CREATE' ? deployer.create(marked, plan) : deployer.update(marked, plan));
  }

  delete(input: Body): void {
    const stack = this.parts.repository.find(optionalText(input, 'StackName') ?? '');
    const found = this.parts.repository.findChangeSet(text(input, 'ChangeSetName'), stack?.id);
    if (found !== undefined) this.parts.repository.deleteChangeSet(found.id);
  }

  find(input: Body): ChangeSet {
    const name = text(input, 'ChangeSetName');
    const stackNameOrId = optionalText(input, 'StackName');
    const stack = stackNameOrId === undefined ? undefined : this.parts.repository.find(stackNameOrId);
    if (stackNameOrId !== undefined && stack === undefined) this.parts.repository.stack(stackNameOrId);
    const found = this.parts.repository.findChangeSet(name, stack?.id);
    if (found === undefined) throw new AwsError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, 404);
    return found;
  }

  private made(input: Body, stack: Stack, kind: ChangeSet['kind'], plan: Plan): ChangeSet {
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
}
