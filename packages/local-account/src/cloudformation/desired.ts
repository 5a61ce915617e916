import { isDeepStrictEqual } from 'node:util';
import type { ResourceProvider } from '../core/provider';
import type { Body } from '../core/service';
import type { Plan } from './change-set';
import { evaluationError, Evaluator, type Scope } from './evaluator';
import { dependenciesOf, topologicalOrder } from './order';
import { referenced } from './parameters';
import type { StackRepository } from './repository';
import type { Output, Stack, StackResource } from './stack';
import { parseTemplate, type Template } from './template';

export interface DesiredParts {
  readonly repository: StackRepository;
  readonly accountId: string;
  readonly region: string;
  /** @throws AwsError when the parameter does not exist. */
  readonly ssm: (name: string, version: string | undefined) => string;
}

/** Stands for a value that is known only after its resource exists. */
export const unknownValue = (what: string): string => `{{changeset:KNOWN_AFTER_APPLY ${what}}}`;

/** The state a plan asks for: which resources, in which order, with which values. */
export class Desired {
  readonly template: Template;
  /** Logical ids whose condition holds, each after what it depends on. */
  readonly order: readonly string[];
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
  /** Names of exports that evaluation imported so far. */
  readonly imports = new Set<string>();
  private readonly evaluator: Evaluator;

  /** @param known what exists of a resource at the moment; undefined makes its values unknown. */
  constructor(
    private readonly parts: DesiredParts,
    stack: Stack,
    plan: Plan,
    private readonly known: (
      logicalId: string,
    ) => Pick<StackResource, 'physicalId' | 'attributes' | 'type'> | undefined,
  ) {
    this.template = parseTemplate(plan.source);
    this.evaluator = new Evaluator(this.scope(stack, plan));
    const present = Object.entries(this.template.resources).flatMap(([id, { condition }]) =>
      condition === undefined || this.evaluator.condition(condition) ? [id] : [],
    );
    this.dependencies = dependenciesOf(this.template, present);
    this.order = topologicalOrder(this.dependencies);
  }

  properties(logicalId: string): Body {
    return this.evaluator.properties(this.template.resources[logicalId]?.properties ?? {});
  }

  outputs(): readonly Output[] {
    return Object.entries(this.template.outputs).flatMap(([key, output]) => {
      if (typeof output.Condition === 'string' && !this.evaluator.condition(output.Condition)) return [];
      const value = this.evaluator.value(output.Value);
      if (typeof value === 'object' || value === undefined)
        throw evaluationError(`the value of output ${key} must be a string, not ${JSON.stringify(value)}`);
      const exported = this.evaluator.value(output.Export) as Body | undefined;
      return [
        {
          key,
          value: String(value),
          ...(typeof output.Description === 'string' ? { description: output.Description } : {}),
          ...(exported?.Name === undefined ? {} : { exportName: String(exported.Name) }),
        },
      ];
    });
  }

  private scope(stack: Stack, plan: Plan): Scope {
    const { repository, accountId, region, ssm } = this.parts;
    return {
      accountId,
      region,
      stackName: stack.name,
      stackId: stack.id,
      notificationArns: plan.notificationArns,
      parameters: referenced(this.template, plan.parameters),
      mappings: this.template.mappings,
      conditions: this.template.conditions,
      ssm,
      ref: (id) => this.ref(id),
      attribute: (id, name) => this.attribute(id, name),
      importValue: (name) => {
        const found = repository.exports().find((each) => each.exportName === name);
        if (found === undefined) throw evaluationError(`No export named ${name} found.`);
        this.imports.add(name);
        return found.value;
      },
    };
  }

  private ref(id: string): unknown {
    if (!this.isPresent(id)) return undefined;
    return this.known(id)?.physicalId ?? unknownValue(id);
  }

  private attribute(id: string, name: string): unknown {
    if (!this.isPresent(id))
      throw evaluationError(`Fn::GetAtt of '${id}', which is no resource of this template (or its condition is false)`);
    const resource = this.known(id);
    if (resource === undefined) return unknownValue(`${id}.${name}`);
    if (Object.hasOwn(resource.attributes, name)) return resource.attributes[name];
    throw evaluationError(
      `${resource.type} '${id}' has no attribute '${name}'; there are: ${Object.keys(resource.attributes).sort().join(', ') || 'none'}`,
    );
  }

  private isPresent(id: string): boolean {
    const resource = this.template.resources[id];
    return resource !== undefined && (resource.condition === undefined || this.evaluator.condition(resource.condition));
  }
}

export type Verdict = 'none' | 'record' | 'update' | 'replace';

/** What has to happen to an existing resource. `record`: only metadata or policies differ, the resource itself stays untouched. */
export function compare(
  existing: StackResource,
  properties: Body,
  desired: Template['resources'][string],
  provider: ResourceProvider,
): { readonly verdict: Verdict; readonly properties: readonly string[] } {
  const names = [...new Set([...Object.keys(existing.properties), ...Object.keys(properties)])];
  const changed = names.filter((name) => !isDeepStrictEqual(existing.properties[name], properties[name])).sort();
  if (changed.length > 0) {
    const replaces = changed.some((name) => provider.replacedBy?.includes(name) === true);
    return { verdict: replaces ? 'replace' : 'update', properties: changed };
  }
  const same =
    isDeepStrictEqual(existing.metadata, desired.metadata) &&
    existing.deletionPolicy === desired.deletionPolicy &&
    existing.updateReplacePolicy === desired.updateReplacePolicy;
  return { verdict: same ? 'none' : 'record', properties: [] };
}
