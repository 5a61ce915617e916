import { AwsError, messageOf } from '../core/errors';
import type { Body } from '../core/service';
import type { Plan } from './change-set';
import { compare, Desired, type DesiredParts } from './desired';
import type { ProviderRegistry } from './registry';
import { ResourceWorker } from './resource-worker';
import { isInProgress, type Operation, type Stack, type StackResource } from './stack';
import type { TemplateResource } from './template';

export interface DeployerParts extends DesiredParts {
  readonly registry: ProviderRegistry;
  readonly now: () => Date;
}

/**
 * Brings stacks to what a plan asks for, one resource after the other, and back when one fails.
 *
 * Before a resource is touched, what it was is written down; so a failure, or a kill in the middle (see {@link recover}),
 * can be undone.
 */
export class Deployer {
  private readonly worker: ResourceWorker;

  constructor(private readonly parts: DeployerParts) {
    this.worker = new ResourceWorker(parts);
  }

  async create(stack: Stack, plan: Plan): Promise<Stack> {
    const started = this.begin('create', stack, plan, 'CREATE_IN_PROGRESS');
    try {
      const finished = await this.apply(started, plan, 'CREATE');
      this.parts.repository.endOperation(stack.id);
      return this.parts.repository.setStatus(finished, 'CREATE_COMPLETE');
    } catch (error) {
      const reason = messageOf(error);
      if (!plan.disableRollback) return this.rollback(this.parts.repository.stack(stack.id), reason);
      return this.parts.repository.setStatus(this.parts.repository.stack(stack.id), 'CREATE_FAILED', reason);
    }
  }

  async update(stack: Stack, plan: Plan): Promise<Stack> {
    const { repository } = this.parts;
    const started = this.begin('update', stack, plan, 'UPDATE_IN_PROGRESS');
    let applied: Stack;
    try {
      applied = await this.apply(started, plan, 'UPDATE');
    } catch (error) {
      const reason = messageOf(error);
      if (!plan.disableRollback) return this.rollback(repository.stack(stack.id), reason);
      return repository.setStatus(repository.stack(stack.id), 'UPDATE_FAILED', reason);
    }
    // From here on there is no way back: the old resources go.
    return this.cleanUp(repository.setStatus(applied, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'), 'UPDATE_COMPLETE');
  }

  /** @param retain logical ids to leave in place. */
  async delete(stack: Stack, retain: readonly string[] = []): Promise<Stack> {
    const { repository } = this.parts;
    const started = repository.setStatus(stack, 'DELETE_IN_PROGRESS', 'User Initiated');
    const used = this.usedExports(stack, []);
    if (used !== undefined) return repository.setStatus(started, 'DELETE_FAILED', `Cannot delete ${used}`);
    const failed: string[] = [];
    for (const resource of this.worker.reversed(stack.id)) {
      const keep =
        retain.includes(resource.logicalId) ||
        resource.deletionPolicy === 'Retain' ||
        resource.deletionPolicy === 'RetainExceptOnCreate';
      if (!(await this.worker.remove(started, resource, keep))) failed.push(resource.logicalId);
    }
    if (failed.length > 0)
      return repository.setStatus(
        started,
        'DELETE_FAILED',
        `The following resource(s) failed to delete: [${failed.join(', ')}].`,
      );
    for (const changeSet of repository.changeSetsOf(stack.id)) repository.deleteChangeSet(changeSet.id);
    return repository.setStatus(started, 'DELETE_COMPLETE', undefined, {
      deleted: this.parts.now().toISOString(),
      outputs: [],
      imports: [],
    });
  }

  /** Brings stacks that a kill left in the middle of an operation to a settled status. */
  async recover(): Promise<void> {
    const { repository } = this.parts;
    for (const stack of repository.all().filter(({ status }) => isInProgress(status))) {
      if (stack.status === 'DELETE_IN_PROGRESS') await this.delete(stack);
      else if (stack.status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') await this.cleanUp(stack, 'UPDATE_COMPLETE');
      else await this.rollback(stack, 'the local account was stopped in the middle of the operation');
    }
  }

  private begin(kind: Operation['kind'], stack: Stack, plan: Plan, status: string): Stack {
    const { repository } = this.parts;
    repository.endOperation(stack.id);
    repository.saveOperation({
      stackId: stack.id,
      kind,
      before: stack,
      templateBefore: repository.template(stack.id),
    });
    const { parameters, tags, capabilities, notificationArns, roleArn, disableRollback } = plan;
    const updated = kind === 'update' ? { updated: this.parts.now().toISOString() } : {};
    const started = repository.setStatus(stack, status, 'User Initiated', {
      parameters,
      tags,
      capabilities,
      notificationArns,
      disableRollback,
      ...(roleArn === undefined ? {} : { roleArn }),
      ...updated,
    });
    repository.saveTemplate(stack.id, plan.source);
    return started;
  }

  private async apply(stack: Stack, plan: Plan, verb: 'CREATE' | 'UPDATE'): Promise<Stack> {
    const { repository } = this.parts;
    const desired = new Desired(this.parts, stack, plan, (id) => repository.resource(stack.id, id));
    for (const logicalId of desired.order) {
      const resource = desired.template.resources[logicalId];
      if (resource !== undefined) await this.settle(stack, logicalId, resource, desired, verb);
    }
    const outputs = desired.outputs();
    this.checkExports(stack, outputs);
    return repository.save({
      ...repository.stack(stack.id),
      outputs,
      imports: [...desired.imports].sort(),
      description: desired.template.description,
    });
  }

  private async settle(
    stack: Stack,
    logicalId: string,
    resource: TemplateResource,
    desired: Desired,
    verb: string,
  ): Promise<void> {
    const { repository } = this.parts;
    const provider = this.worker.provider(resource.type);
    const existing = repository.resource(stack.id, logicalId);
    let properties: Body;
    try {
      properties = desired.properties(logicalId);
    } catch (error) {
      repository.event(stack, {
        logicalId,
        physicalId: existing?.physicalId ?? '',
        type: resource.type,
        status: `${verb}_FAILED`,
        reason: messageOf(error),
      });
      throw error;
    }
    const verdict = existing === undefined ? 'create' : compare(existing, properties, resource, provider).verdict;
    const described = {
      logicalId,
      type: resource.type,
      properties,
      metadata: resource.metadata,
      deletionPolicy: resource.deletionPolicy,
      updateReplacePolicy: resource.updateReplacePolicy,
      dependsOn: desired.dependencies[logicalId] ?? [],
      ...(resource.constructPath === undefined ? {} : { constructPath: resource.constructPath }),
    };
    if (existing !== undefined && (verdict === 'none' || verdict === 'record')) {
      repository.restoreResource(stack.id, { ...existing, ...described });
      return;
    }
    this.note(stack, logicalId, existing);
    if (existing === undefined || verdict === 'create' || verdict === 'replace') {
      const generation = existing === undefined ? 0 : existing.generation + 1;
      if (existing !== undefined)
        repository.event(stack, {
          ...existing,
          status: 'UPDATE_IN_PROGRESS',
          reason: 'Requested update requires the creation of a new physical resource; hence creating one.',
        });
      const intent = { ...described, physicalId: '', attributes: {}, generation };
      await this.worker.perform(stack, intent, existing === undefined ? 'CREATE' : 'UPDATE', () =>
        provider.create(properties, this.worker.context(stack, intent)),
      );
      return;
    }
    const intent = { ...existing, ...described };
    await this.worker.perform(stack, intent, 'UPDATE', () =>
      provider.update(existing.physicalId, properties, existing.properties, this.worker.context(stack, intent)),
    );
  }

  /** Undoes the operation that is under way, or that failed without being rolled back. */
  async rollback(stack: Stack, reason: string): Promise<Stack> {
    const { repository } = this.parts;
    const operation = repository.operation(stack.id);
    const prefix = operation?.kind === 'update' ? 'UPDATE_ROLLBACK' : 'ROLLBACK';
    const started = repository.setStatus(stack, `${prefix}_IN_PROGRESS`, reason);
    const failed: string[] = [];
    for (const { logicalId, previous } of [...repository.steps(stack.id)].reverse()) {
      const current = repository.resource(stack.id, logicalId);
      if (current !== undefined && !(await this.worker.undo(started, current, previous))) failed.push(logicalId);
    }
    if (failed.length > 0)
      return repository.setStatus(
        started,
        `${prefix}_FAILED`,
        `The following resource(s) failed to roll back: [${failed.join(', ')}]. ${reason}`,
      );
    if (operation?.kind !== 'update') {
      repository.endOperation(stack.id);
      return repository.setStatus(started, 'ROLLBACK_COMPLETE', undefined, { outputs: [], imports: [] });
    }
    const { status: _status, reason: _reason, ...before } = operation.before;
    repository.saveTemplate(stack.id, operation.templateBefore);
    repository.endOperation(stack.id);
    const cleaning = repository.setStatus({ ...started, ...before }, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    return repository.setStatus(cleaning, 'UPDATE_ROLLBACK_COMPLETE');
  }

  /** Deletes what an update left over: replaced resources, and those the template no longer has. */
  private async cleanUp(stack: Stack, status: string): Promise<Stack> {
    const { repository } = this.parts;
    const plan = planOf(stack, repository.template(stack.id));
    const wanted = new Desired(this.parts, stack, plan, (id) => repository.resource(stack.id, id)).order;
    for (const { logicalId, previous } of [...repository.steps(stack.id)].reverse()) {
      const current = repository.resource(stack.id, logicalId);
      if (previous === undefined || current === undefined || current.physicalId === previous.physicalId) continue;
      await this.worker.remove(stack, previous, previous.updateReplacePolicy !== 'Delete');
      repository.restoreResource(stack.id, current);
    }
    for (const resource of this.worker.reversed(stack.id).filter(({ logicalId }) => !wanted.includes(logicalId))) {
      await this.worker.remove(stack, resource, resource.deletionPolicy !== 'Delete');
      repository.forgetResource(stack.id, resource.logicalId);
    }
    repository.endOperation(stack.id);
    return repository.setStatus(stack, status);
  }

  private note(stack: Stack, logicalId: string, previous: StackResource | undefined): void {
    this.parts.repository.addStep(stack.id, { logicalId, ...(previous === undefined ? {} : { previous }) });
  }

  private checkExports(stack: Stack, outputs: Stack['outputs']): void {
    for (const { exportName } of outputs) {
      const other = this.parts.repository
        .exports()
        .find((each) => each.exportName === exportName && exportName !== undefined && each.stack.id !== stack.id);
      if (other !== undefined)
        throw new AwsError(
          'ValidationError',
          `Export with name ${exportName} is already exported by stack ${other.stack.name}. Rollback requested by user.`,
        );
    }
    const used = this.usedExports(this.parts.repository.stack(stack.id), outputs);
    if (used !== undefined) throw new AwsError('ValidationError', `Cannot delete or change ${used}`);
  }

  /** An export of the stack that is not in `kept` with the same value, though another stack imports it. */
  private usedExports(stack: Stack, kept: Stack['outputs']): string | undefined {
    for (const { exportName, value } of stack.outputs) {
      if (exportName === undefined || kept.some((each) => each.exportName === exportName && each.value === value))
        continue;
      const importers = this.parts.repository.importers(exportName).filter((each) => each.id !== stack.id);
      if (importers.length > 0)
        return `export ${exportName} as it is in use by ${importers.map((each) => each.name).join(', ')}`;
    }
    return undefined;
  }
}

/** The plan that a stack's own documents amount to. */
export function planOf(stack: Stack, source: string): Plan {
  const { parameters, tags, capabilities, notificationArns, roleArn, disableRollback } = stack;
  return {
    source,
    parameters,
    tags,
    capabilities,
    notificationArns,
    disableRollback,
    ...(roleArn === undefined ? {} : { roleArn }),
  };
}
