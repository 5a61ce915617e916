import { Resolver } from './resolve';
import type { Statement } from './statements';
import type { Variant } from './variants';

/** A role of a template with what its policies allow. */
export interface RoleOf {
  /** As in {@link Statement}. */
  readonly owner: string;
  readonly description: string;
  /** Every action that is allowed on something. */
  readonly actions: readonly string[];
  /** Name of the function that runs as the role; undefined for other roles. */
  readonly functionName: string | undefined;
}

export function rolesOf(variant: Variant, statements: readonly Statement[]): readonly RoleOf[] {
  return variant.templates.flatMap((template) => {
    const resolver = new Resolver(template, variant);
    const functions = new Map(
      Object.entries(template.resources)
        .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
        .map(
          ([id, resource]) => [resolver.text(resource.Properties?.['Role']), resolver.nameOf(id, resource)] as const,
        ),
    );
    return Object.entries(template.resources)
      .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
      .map(([id, { Properties = {} }]) => {
        const owner = `${variant.name}/${template.stack}/${id}`;
        return {
          owner,
          description: String(Properties['Description'] ?? ''),
          actions: statements
            .filter((each) => each.owner === owner && each.kind === 'role' && each.effect === 'Allow')
            .flatMap((each) => each.actions),
          functionName: functions.get(resolver.text({ 'Fn::GetAtt': [id, 'Arn'] })),
        };
      });
  });
}
