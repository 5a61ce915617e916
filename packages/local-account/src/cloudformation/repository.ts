import { randomUUID } from 'node:crypto';
import { AwsError } from '../core/errors';
import type { Collection, Store } from '../core/store';
import type { ChangeSet } from './change-set';
import type { Operation, Output, Stack, StackEvent, StackResource, Step } from './stack';

const keptEvents = 1000;

/** Stacks and what belongs to them, as documents. */
export class StackRepository {
  private readonly stacks: Collection<Stack>;
  private readonly templates: Collection<string>;
  private readonly resourceDocuments: Collection<StackResource>;
  private readonly eventDocuments: Collection<StackEvent>;
  /** Events by stack, oldest first, with the keys of their documents. */
  private readonly eventsByStack = new Map<string, (readonly [key: string, event: StackEvent])[]>();
  private readonly operations: Collection<Operation>;
  private readonly stepDocuments: Collection<Step>;
  private readonly changeSets: Collection<ChangeSet>;

  constructor(
    store: Store,
    private readonly now: () => Date,
  ) {
    this.stacks = store.collection('cloudformation.stacks');
    this.templates = store.collection('cloudformation.templates');
    this.resourceDocuments = store.collection('cloudformation.resources');
    this.eventDocuments = store.collection('cloudformation.events');
    this.operations = store.collection('cloudformation.operations');
    this.stepDocuments = store.collection('cloudformation.steps');
    for (const [key, event] of this.eventDocuments.entries()) this.eventsOf(event.stackId).push([key, event]);
    this.changeSets = store.collection('cloudformation.changesets');
  }

  all(): readonly Stack[] {
    return this.stacks.values();
  }

  /** By id also a deleted stack, by name only one that exists. */
  find(nameOrId: string): Stack | undefined {
    return (
      this.stacks.get(nameOrId) ??
      this.stacks.values().find((each) => each.name === nameOrId && each.status !== 'DELETE_COMPLETE')
    );
  }

  /** @throws AwsError in the words that clients look for. */
  stack(nameOrId: string): Stack {
    const found = this.find(nameOrId);
    if (found === undefined) throw new AwsError('ValidationError', `Stack with id ${nameOrId} does not exist`);
    return found;
  }

  save(stack: Stack): Stack {
    this.stacks.put(stack.id, stack);
    return stack;
  }

  /** Changes the status and tells it as an event of the stack itself. */
  setStatus(stack: Stack, status: string, reason?: string, more: Partial<Stack> = {}): Stack {
    const { reason: _, ...rest } = stack;
    const saved = this.save({ ...rest, ...more, status, ...(reason === undefined ? {} : { reason }) });
    this.event(saved, {
      logicalId: stack.name,
      physicalId: stack.id,
      type: 'AWS::CloudFormation::Stack',
      status,
      reason,
    });
    return saved;
  }

  template(stackId: string): string {
    return this.templates.get(stackId) ?? '';
  }

  saveTemplate(stackId: string, source: string): void {
    if (this.templates.get(stackId) !== source) this.templates.put(stackId, source);
  }

  /** In the order of creation. */
  resources(stackId: string): readonly StackResource[] {
    const prefix = `${stackId} `;
    return this.resourceDocuments.entries().flatMap(([key, each]) => (key.startsWith(prefix) ? [each] : []));
  }

  resource(stackId: string, logicalId: string): StackResource | undefined {
    return this.resourceDocuments.get(`${stackId} ${logicalId}`);
  }

  /** Saves a resource and tells its status as an event. */
  saveResource(stack: Stack, resource: StackResource): void {
    this.resourceDocuments.put(`${stack.id} ${resource.logicalId}`, resource);
    this.event(stack, resource);
  }

  /** Saves a resource without an event. */
  restoreResource(stackId: string, resource: StackResource): void {
    this.resourceDocuments.put(`${stackId} ${resource.logicalId}`, resource);
  }

  forgetResource(stackId: string, logicalId: string): void {
    this.resourceDocuments.delete(`${stackId} ${logicalId}`);
  }

  event(stack: Stack, about: Pick<StackEvent, 'logicalId' | 'physicalId' | 'type' | 'status' | 'reason'>): void {
    const { logicalId, physicalId, type, status, reason } = about;
    const before = this.events(stack.id);
    // Clients sort by time: no two events of a stack share a millisecond.
    const time = new Date(
      Math.max(this.now().getTime(), Date.parse(before.at(-1)?.time ?? new Date(0).toISOString()) + 1),
    ).toISOString();
    const event: StackEvent = {
      id: randomUUID(),
      stackId: stack.id,
      stackName: stack.name,
      logicalId,
      physicalId,
      type,
      time,
      status,
      ...(reason === undefined ? {} : { reason }),
    };
    const kept = this.eventsOf(stack.id);
    const key = `${stack.id} ${event.id}`;
    this.eventDocuments.put(key, event);
    kept.push([key, event]);
    for (const [old] of kept.splice(0, Math.max(kept.length - keptEvents, 0))) this.eventDocuments.delete(old);
  }

  /** Oldest first. */
  events(stackId: string): readonly StackEvent[] {
    return this.eventsOf(stackId).map(([, event]) => event);
  }

  operation(stackId: string): Operation | undefined {
    return this.operations.get(stackId);
  }

  saveOperation(operation: Operation): void {
    this.operations.put(operation.stackId, operation);
  }

  endOperation(stackId: string): void {
    for (const [key] of this.stepEntries(stackId)) this.stepDocuments.delete(key);
    this.operations.delete(stackId);
  }

  /** Steps of the operation under way, in their order. */
  steps(stackId: string): readonly Step[] {
    return this.stepEntries(stackId).map(([, step]) => step);
  }

  addStep(stackId: string, step: Step): void {
    this.stepDocuments.put(`${stackId} ${this.steps(stackId).length} ${step.logicalId}`, step);
  }

  changeSetsOf(stackId: string): readonly ChangeSet[] {
    return this.changeSets.values().filter((each) => each.stackId === stackId);
  }

  findChangeSet(nameOrId: string, stackId: string | undefined): ChangeSet | undefined {
    return (
      this.changeSets.get(nameOrId) ??
      this.changeSets.values().find((each) => each.name === nameOrId && each.stackId === stackId)
    );
  }

  saveChangeSet(changeSet: ChangeSet): void {
    this.changeSets.put(changeSet.id, changeSet);
  }

  deleteChangeSet(id: string): void {
    this.changeSets.delete(id);
  }

  /** Exports of all stacks. */
  exports(): readonly (Output & { readonly stack: Stack })[] {
    return this.stacks
      .values()
      .filter((stack) => stack.status !== 'DELETE_COMPLETE')
      .flatMap((stack) =>
        stack.outputs.filter((output) => output.exportName !== undefined).map((output) => ({ ...output, stack })),
      );
  }

  importers(exportName: string): readonly Stack[] {
    return this.stacks
      .values()
      .filter((stack) => stack.status !== 'DELETE_COMPLETE' && stack.imports.includes(exportName));
  }

  private eventsOf(stackId: string): (readonly [key: string, event: StackEvent])[] {
    const known = this.eventsByStack.get(stackId) ?? [];
    this.eventsByStack.set(stackId, known);
    return known;
  }

  private stepEntries(stackId: string): readonly (readonly [string, Step])[] {
    return this.stepDocuments.entries().filter(([key]) => key.startsWith(`${stackId} `));
  }
}
