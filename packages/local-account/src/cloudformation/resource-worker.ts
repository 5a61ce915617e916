import { AwsError, messageOf } from '../core/errors';
import type { Provisioned, ResourceContext, ResourceProvider } from '../core/provider';
import { generatedName } from './names';
import { topologicalOrder } from './order';
import type { ProviderRegistry } from './registry';
import type { StackRepository } from './repository';
import type { Stack, StackResource } from './stack';

export interface ResourceWorkerParts {
  readonly repository: StackRepository;
  readonly registry: ProviderRegistry;
  readonly accountId: string;
  readonly region: string;
  readonly now: () => Date;
}

/** Calls providers for single resources of a stack and writes down what came of it. */
export class ResourceWorker {
  constructor(private readonly parts: ResourceWorkerParts) {}

  provider(type: string): ResourceProvider {
    const found = this.parts.registry.find(type);
    if (found === undefined) throw new AwsError('ValidationError', `the resource type ${type} is not supported`);
    return found;
  }

  context(
    stack: Stack,
    resource: Pick<StackResource, 'logicalId' | 'type' | 'generation' | 'constructPath'>,
  ): ResourceContext {
    const { logicalId, type, generation, constructPath } = resource;
    return {
      stackName: stack.name,
      stackId: stack.id,
      logicalId,
      resourceType: type,
      accountId: this.parts.accountId,
      region: this.parts.region,
      stackTags: Object.fromEntries(stack.tags.map(({ key, value }) => [key, value])),
      ...(constructPath === undefined ? {} : { constructPath }),
      generateName: (maxLength, lowerCase) =>
        generatedName(stack.name, stack.id, logicalId, generation, maxLength, lowerCase),
    };
  }

  /** Runs one provider call between its two events. */
  async perform(
    stack: Stack,
    intent: Omit<StackResource, 'status' | 'updated'>,
    verb: string,
    work: () => Promise<Provisioned> | Provisioned,
  ): Promise<void> {
    const { repository } = this.parts;
    const stamped = (status: string, more: Partial<StackResource> = {}): StackResource => {
      const { reason: _, ...rest } = intent;
      return { ...rest, ...more, status: `${verb}_${status}`, updated: this.parts.now().toISOString() };
    };
    repository.saveResource(stack, stamped('IN_PROGRESS'));
    try {
      const { physicalId, attributes } = await work();
      repository.saveResource(stack, stamped('COMPLETE', { physicalId, attributes }));
    } catch (error) {
      const reason = reasonOf(error);
      repository.saveResource(stack, stamped('FAILED', { reason }));
      throw new AwsError(
        'ResourceFailed',
        `The following resource(s) failed to ${verb.toLowerCase()}: [${intent.logicalId}]. ${reason}`,
      );
    }
  }

  /** Brings one resource back to what it was. False when that failed. */
  async undo(stack: Stack, current: StackResource, previous: StackResource | undefined): Promise<boolean> {
    const { repository } = this.parts;
    if (previous === undefined) return this.remove(stack, current, current.deletionPolicy === 'Retain');
    if (current.physicalId !== previous.physicalId) {
      const removed = await this.remove(stack, current, false);
      repository.restoreResource(stack.id, previous);
      return removed;
    }
    try {
      const provider = this.provider(previous.type);
      await this.perform(stack, previous, 'UPDATE', () =>
        provider.update(previous.physicalId, previous.properties, current.properties, this.context(stack, previous)),
      );
      return true;
    } catch (error) {
      repository.event(stack, { ...previous, status: 'UPDATE_FAILED', reason: messageOf(error) });
      return false;
    }
  }

  /** Deletes a resource and forgets it. What is already gone counts as deleted. False when it failed. */
  async remove(stack: Stack, resource: StackResource, keep: boolean): Promise<boolean> {
    const { repository } = this.parts;
    const tell = (status: string, reason?: string): void => repository.event(stack, { ...resource, status, reason });
    const context = this.context(stack, resource);
    const provider = this.provider(resource.type);
    const physicalId =
      resource.physicalId === '' ? provider.physicalIdOf?.(resource.properties, context) : resource.physicalId;
    const existed = physicalId !== undefined && !(resource.physicalId === '' && resource.status.endsWith('_FAILED'));
    if (keep) tell('DELETE_SKIPPED');
    else if (existed) {
      tell('DELETE_IN_PROGRESS');
      try {
        await provider.delete(physicalId, resource.properties, context);
        tell('DELETE_COMPLETE');
      } catch (error) {
        if (!isGone(error)) {
          repository.saveResource(stack, { ...resource, status: 'DELETE_FAILED', reason: reasonOf(error) });
          return false;
        }
        tell('DELETE_COMPLETE');
      }
    }
    repository.forgetResource(stack.id, resource.logicalId);
    return true;
  }

  /** Dependants first. */
  reversed(stackId: string): readonly StackResource[] {
    const resources = this.parts.repository.resources(stackId);
    const order = topologicalOrder(
      Object.fromEntries(
        resources.map(({ logicalId, dependsOn }) => [
          logicalId,
          dependsOn.filter((id) => resources.some((each) => each.logicalId === id)),
        ]),
      ),
    );
    return [...order].reverse().flatMap((id) => this.parts.repository.resource(stackId, id) ?? []);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof AwsError ? `${error.message} (${error.code})` : messageOf(error);
}

function isGone(error: unknown): boolean {
  return (
    error instanceof AwsError && (error.status === 404 || /NotFound|NoSuch|NonExistent|DoesNotExist/.test(error.code))
  );
}
