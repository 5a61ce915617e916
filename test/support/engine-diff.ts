import type { Template } from 'aws-cdk-lib/assertions';
import { Graph } from '@mooring/pipeline-language';
import { definition } from './templates';

type Counts = Readonly<Record<string, number>>;

const counted = (names: readonly string[]): Counts => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

type Named = Readonly<Record<string, { readonly Type: string }>>;

const resourceTypes = (template: Template): Counts => {
  const { Resources, Mappings = {} } = template.toJSON() as { readonly Resources: Named; readonly Mappings?: Named };
  return counted([
    ...Object.values(Resources).map((each) => each.Type),
    ...Object.keys(Mappings).map(() => 'mapping of registries'),
  ]);
};

function changes(before: Counts, after: Counts): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name) => {
    const [old, now] = [before[name] ?? 0, after[name] ?? 0];
    if (old === now) return [];
    return [`${now > old ? '+' : '-'} ${Math.abs(now - old)} × ${name}`];
  });
}

/** What differs between two engines: steps of the pipeline by name, and resources of the stacks by type. */
export function engineDiff(
  open: { readonly training: Template; readonly monitoring: Template },
  native: { readonly training: Template; readonly monitoring: Template },
): string {
  const steps = (template: Template): ReadonlyMap<string, string> =>
    new Map(Graph.of(definition(template)).nodes.map((each) => [each.name, each.type]));
  const [before, after] = [steps(open.training), steps(native.training)];
  const pipeline = [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === now) return [];
    return [...(old === undefined ? [] : [`- ${name}: ${old}`]), ...(now === undefined ? [] : [`+ ${name}: ${now}`])];
  });
  const stack = (name: 'training' | 'monitoring'): string[] =>
    changes(resourceTypes(open[name]), resourceTypes(native[name]));
  return [
    'pipeline',
    ...pipeline.map((each) => `  ${each}`),
    'training stack',
    ...stack('training').map((each) => `  ${each}`),
    'monitoring stack',
    ...stack('monitoring').map((each) => `  ${each}`),
  ].join('\n');
}
