import { AwsError } from '../../../core/errors';
import type { Collection } from '../../../core/store';
import type { RetryPolicy } from '../../shared/retry';
import type { InputSettings } from './input';

/** A target as PutTargets takes it; members that are not listed are refused. */
export interface Target extends InputSettings {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly RetryPolicy?: RetryPolicy;
  readonly SqsParameters?: { readonly MessageGroupId: string };
  readonly SageMakerPipelineParameters?: {
    readonly PipelineParameterList?: readonly { readonly Name: string; readonly Value: string }[];
  };
}

export interface Rule {
  readonly name: string;
  readonly bus: string;
  readonly arn: string;
  readonly pattern?: string;
  readonly schedule?: string;
  readonly state: 'ENABLED' | 'DISABLED' | 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
  readonly description?: string;
  readonly roleArn?: string;
  readonly targets: readonly Target[];
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds; rates count from here. */
  readonly createdAt: number;
}

export const ruleKey = (bus: string, name: string): string => `${bus}/${name}`;

/** @throws AwsError ResourceNotFoundException in EventBridge's words. */
export function requireRule(rules: Collection<Rule>, bus: string, name: string): Rule {
  const rule = rules.get(ruleKey(bus, name));
  if (rule === undefined)
    throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus}.`);
  return rule;
}
