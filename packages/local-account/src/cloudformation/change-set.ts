import type { ParameterValues } from './parameters';
import type { Tag } from './stack';

/** One line of a change set. */
export interface Change {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly replacement?: 'True' | 'False';
  /** Names of the properties that differ. */
  readonly properties: readonly string[];
}

/** What a stack is to become. */
export interface Plan {
  /** Template as it was sent. */
  readonly source: string;
  readonly parameters: ParameterValues;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
  readonly notificationArns: readonly string[];
  readonly roleArn?: string;
  readonly disableRollback: boolean;
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly kind: 'CREATE' | 'UPDATE';
  readonly description: string;
  /** ISO-8601. */
  readonly created: string;
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly reason?: string;
  readonly plan: Plan;
  readonly changes: readonly Change[];
}
