import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../core/errors';
import type { Change, Plan } from './change-set';
import { compare, Desired, type DesiredParts } from './desired';
import type { ProviderRegistry } from './registry';
import type { Stack } from './stack';

export interface Preview {
  readonly changes: readonly Change[];
  /** Nothing at all would change: no resource, output or tag. */
  readonly empty: boolean;
}

/** What a plan would do to a stack, without doing it. */
export function preview(parts: DesiredParts, registry: ProviderRegistry, stack: Stack, plan: Plan): Preview {
  const { repository } = parts;
  const replaced = new Set<string>();
  const desired = new Desired(parts, stack, plan, (id) =>
    replaced.has(id) ? undefined : repository.resource(stack.id, id),
  );
  const changes: Change[] = [];
  for (const logicalId of desired.order) {
    const resource = desired.template.resources[logicalId];
    const provider = registry.find(resource?.type ?? '');
    if (resource === undefined || provider === undefined) continue;
    const existing = repository.resource(stack.id, logicalId);
    if (existing === undefined) {
      changes.push({ action: 'Add', logicalId, type: resource.type, properties: [] });
      continue;
    }
    if (existing.type !== resource.type)
      throw new AwsError(
        'ValidationError',
        `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${logicalId}]`,
      );
    const { verdict, properties } = compare(existing, desired.properties(logicalId), resource, provider);
    if (verdict === 'replace') replaced.add(logicalId);
    if (verdict !== 'none')
      changes.push({
        action: 'Modify',
        logicalId,
        type: resource.type,
        physicalId: existing.physicalId,
        replacement: verdict === 'replace' ? 'True' : 'False',
        properties,
      });
  }
  for (const { logicalId, type, physicalId } of repository.resources(stack.id)) {
    if (!desired.order.includes(logicalId))
      changes.push({ action: 'Remove', logicalId, type, physicalId, properties: [] });
  }
  const outputsSame = changes.length > 0 || isDeepStrictEqual(desired.outputs(), stack.outputs);
  return { changes, empty: changes.length === 0 && outputsSame && isDeepStrictEqual(plan.tags, stack.tags) };
}
