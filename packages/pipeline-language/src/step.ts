import type { StepType } from './definition';
import type { AnyExpression } from './expression';
import { Get } from './expression';
import type { CacheOptions, Outcome, RetryPolicy } from './policy';
import { renderCache, renderRetry } from './policy';
import type { Properties } from './property';
import { propertiesOf } from './property';

/** A step to wait for: the step, its name, or one of them with the outcome that lets this step run. */
export type Dependency = Step | string | { readonly step: Step | string; readonly outcome: Outcome };

/** What every step can be given. */
export interface StepOptions {
  /** Shown in Studio in place of the name. */
  readonly displayName?: string;
  /** Up to 3072 characters. */
  readonly description?: string;
  /** Steps to wait for although nothing of theirs is used; what a step uses it waits for anyway. */
  readonly dependsOn?: readonly Dependency[];
}

/** For steps whose result can be reused. */
export interface CacheableOptions extends StepOptions {
  /** Reuses the result of an execution with the same arguments: `{ expireAfter: 'P30D' }`. */
  readonly cache?: CacheOptions;
}

/** For steps that SageMaker can repeat. */
export interface JobOptions extends CacheableOptions {
  /** Repeats the step: `{ on: ['Step.THROTTLING'], maxAttempts: 3 }`. */
  readonly retry?: readonly RetryPolicy[];
}

/** A node of the pipeline. `R` is the answer of its Describe call, which types `properties`. */
export abstract class Step<R = unknown> {
  abstract readonly type: StepType;

  constructor(
    readonly name: string,
    protected readonly options: JobOptions,
  ) {}

  /** What the step leaves behind, typed: `train.properties.ModelArtifacts.S3ModelArtifacts`. */
  get properties(): Properties<R> {
    return propertiesOf<R>(`Steps.${this.name}`);
  }

  /** A property by its path, for the few that the SDK's types do not know. */
  property(path: string): AnyExpression {
    return new Get(`Steps.${this.name}.${path}`);
  }

  /** The body of the step: for most the Create request without the job's name. */
  protected abstract arguments(): unknown;

  /** Members beside Arguments that only this type has. */
  protected members(): Record<string, unknown> {
    return {};
  }

  /** The step with expressions still in it; `Pipeline.toDefinition` turns it into JSON. */
  toStep(): Record<string, unknown> {
    const { displayName, description, dependsOn, cache, retry } = this.options;
    return {
      Name: this.name,
      Type: this.type,
      DisplayName: displayName,
      Description: description,
      DependsOn: dependsOn === undefined || dependsOn.length === 0 ? undefined : dependsOn.map(renderDependency),
      CacheConfig: cache && renderCache(cache),
      RetryPolicies: retry?.map(renderRetry),
      Arguments: this.arguments(),
      ...this.members(),
    };
  }
}

const nameOf = (step: Step | string): string => (typeof step === 'string' ? step : step.name);

const renderDependency = (dependency: Dependency): string | Record<string, unknown> => {
  if (typeof dependency === 'string' || !('outcome' in dependency)) return nameOf(dependency);
  const name = nameOf(dependency.step);
  return dependency.outcome === 'Completed' ? name : { Step: name, Trigger: dependency.outcome };
};
