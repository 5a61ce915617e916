import { AwsError } from '../core/errors';
import { dependenciesOf, topologicalOrder } from './order';
import { referencesOf } from './references';
import type { ProviderRegistry } from './registry';
import { formatError, type Template } from './template';

const pseudo = [
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::NotificationARNs',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
];

/**
 * Refuses a template before anything is created: dangling references, cycles, and what no provider honours.
 *
 * @throws AwsError that lists every unknown type and property by name.
 */
export function validateTemplate(template: Template, registry: ProviderRegistry): void {
  const dangling = danglingReferences(template);
  if (dangling.length > 0) throw formatError(dangling.join('; '));
  topologicalOrder(dependenciesOf(template, Object.keys(template.resources)));
  const unsupported = unsupportedParts(template, registry);
  if (unsupported.length > 0) {
    throw new AwsError(
      'ValidationError',
      `the local account does not support this template (see docs/local-account.md):\n${unsupported.map((each) => `  - ${each}`).join('\n')}`,
    );
  }
}

function danglingReferences(template: Template): string[] {
  const problems: string[] = [];
  const resources = Object.keys(template.resources);
  const names = new Set([...resources, ...Object.keys(template.parameters), ...pseudo]);
  const check = (raw: unknown, where: string): void => {
    for (const { kind, name } of referencesOf(raw)) {
      if (kind === 'condition' && !Object.hasOwn(template.conditions, name))
        problems.push(`unresolved condition '${name}' in ${where}`);
      if (kind === 'ref' && !names.has(name)) problems.push(`unresolved resource dependencies [${name}] in ${where}`);
      if (kind === 'attribute' && !resources.includes(name))
        problems.push(`unresolved resource dependencies [${name}] in ${where}`);
    }
  };
  for (const [id, resource] of Object.entries(template.resources)) {
    check(resource.properties, `the resource ${id}`);
    for (const name of resource.dependsOn)
      if (!resources.includes(name)) problems.push(`unresolved resource dependencies [${name}] in DependsOn of ${id}`);
    if (resource.condition !== undefined && !Object.hasOwn(template.conditions, resource.condition))
      problems.push(`unresolved condition '${resource.condition}' of the resource ${id}`);
  }
  for (const [id, output] of Object.entries(template.outputs)) check(output, `the output ${id}`);
  return [...new Set(problems)];
}

function unsupportedParts(template: Template, registry: ProviderRegistry): string[] {
  const problems: string[] = [];
  for (const [id, resource] of Object.entries(template.resources)) {
    const where = resource.constructPath === undefined ? id : `${id} (${resource.constructPath})`;
    const provider = registry.find(resource.type);
    if (provider === undefined) {
      problems.push(`resource type ${resource.type} of ${where}`);
      continue;
    }
    if (provider.anyProperties === true) continue;
    const known = [...provider.properties, ...Object.keys(provider.accepted ?? {})];
    for (const name of Object.keys(resource.properties)) {
      if (!known.includes(name))
        problems.push(
          `property ${name} of ${resource.type}, set on ${where}; supported: ${[...known].sort().join(', ')}`,
        );
    }
  }
  return [...problems, ...unknownAttributes(template, registry)];
}

function unknownAttributes(template: Template, registry: ProviderRegistry): string[] {
  const everything = [
    ...Object.entries(template.resources).map(([id, each]) => [id, each.properties] as const),
    ...Object.entries(template.outputs),
  ];
  const problems = everything.flatMap(([where, raw]) =>
    referencesOf(raw).flatMap(({ kind, name, attribute }) => {
      if (kind !== 'attribute' || attribute === undefined) return [];
      const type = template.resources[name]?.type ?? '';
      const declared = registry.find(type)?.attributes;
      if (declared === undefined || declared.includes(attribute)) return [];
      return [
        `attribute ${attribute} of ${type} ${name}, used in ${where}; there are: ${declared.join(', ') || 'none'}`,
      ];
    }),
  );
  return [...new Set(problems)];
}
