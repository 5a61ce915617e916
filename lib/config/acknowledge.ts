import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

export type Reference = string | { readonly [intrinsic: string]: unknown };

/**
 * Acknowledges cdk-nag's finding (IAM5) of each wildcard resource, with the reason that the grant gives.
 *
 * A finding's id holds the resource as the template will have it, and references to other stacks only get their form
 * shortly before that; so the ids are computed when the construct tree is validated.
 */
export function acknowledgeWildcards(construct: Construct, resources: readonly string[], reason: string): void {
  construct.node.addValidation({
    validate: () => {
      for (const resource of resources) {
        const id = flatten(Stack.of(construct).resolve(resource) as Reference);
        if (id.includes('*')) {
          Validations.of(construct).acknowledge({ id: `AwsSolutions-IAM5[Resource::${id}]`, reason });
        }
      }
      return [];
    },
  });
}

/** A resource in one line, as cdk-nag writes it: references in angle brackets, imports by name. */
export function flatten(reference: Reference): string {
  if (typeof reference === 'string') return reference.replaceAll('${', '<').replaceAll('}', '>');
  const [[intrinsic, value] = []] = Object.entries(reference);
  switch (intrinsic) {
    case 'Fn::Join': {
      const [delimiter, items] = value as readonly [string, readonly Reference[]];
      return items.map(flatten).join(delimiter);
    }
    case 'Fn::GetAtt':
      return `<${(value as readonly string[]).join('.')}>`;
    case 'Ref':
      return `<${String(value)}>`;
    case 'Fn::Sub':
    case 'Fn::ImportValue':
      return flatten(value as Reference);
    default:
      return JSON.stringify(reference);
  }
}
