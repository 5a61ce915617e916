import { AwsError } from '../core/errors';
import { referencesOf } from './references';
import type { Template } from './template';

/** Resources each resource needs first, in the order of the template. Only those in `present` count. */
export function dependenciesOf(
  template: Template,
  present: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const known = new Set(present);
  return Object.fromEntries(
    present.map((id) => {
      const resource = template.resources[id];
      const named = [...(resource?.dependsOn ?? []), ...referencesOf(resource?.properties).map(({ name }) => name)];
      return [id, [...new Set(named)].filter((name) => known.has(name))];
    }),
  );
}

/** An order in which each comes after what it depends on; ties keep the given order. @throws AwsError with the route of a cycle. */
export function topologicalOrder(dependencies: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const order: string[] = [];
  const done = new Set<string>();
  const route: string[] = [];
  const visit = (id: string): void => {
    if (done.has(id)) return;
    if (route.includes(id))
      throw new AwsError(
        'ValidationError',
        `Circular dependency between resources: ${[...route.slice(route.indexOf(id)), id].join(' -> ')}`,
      );
    route.push(id);
    for (const next of dependencies[id] ?? []) visit(next);
    route.pop();
    done.add(id);
    order.push(id);
  };
  for (const id of Object.keys(dependencies)) visit(id);
  return order;
}
