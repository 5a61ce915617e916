import type { Body } from '../core/service';
import type { ParameterValues } from './parameters';
import type { DeletionPolicy } from './template';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface Output {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

/** A stack without its resources, events and template, which are documents of their own. Times are ISO-8601. */
export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly status: string;
  readonly reason?: string;
  readonly created: string;
  readonly updated?: string;
  readonly deleted?: string;
  readonly parameters: ParameterValues;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
  readonly notificationArns: readonly string[];
  readonly roleArn?: string;
  readonly outputs: readonly Output[];
  /** Names of exports of other stacks that this one imports. */
  readonly imports: readonly string[];
  readonly changeSetId?: string;
  readonly disableRollback: boolean;
  readonly terminationProtection: boolean;
  /** Stack that this one is nested in. */
  readonly parentId?: string;
}

/** A resource of a stack as it exists. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  /** Empty while it is being created. */
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Evaluated. */
  readonly properties: Body;
  readonly metadata: Body;
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: DeletionPolicy;
  readonly dependsOn: readonly string[];
  readonly constructPath?: string;
  /** How often it was replaced. */
  readonly generation: number;
  readonly status: string;
  readonly reason?: string;
  /** ISO-8601. */
  readonly updated: string;
}

export interface StackEvent {
  readonly id: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly time: string;
  readonly status: string;
  readonly reason?: string;
}

/** An operation under way; with its steps it can be undone, also after a kill. */
export interface Operation {
  readonly stackId: string;
  readonly kind: 'create' | 'update' | 'delete';
  /** The stack before the operation. */
  readonly before: Stack;
  readonly templateBefore: string;
}

/** A resource that an operation touched. */
export interface Step {
  readonly logicalId: string;
  /** The resource before; absent when it did not exist. */
  readonly previous?: StackResource;
}

export const isInProgress = (status: string): boolean =>
  status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
