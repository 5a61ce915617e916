import { Resolver } from './resolve';
import type { Resource, Variant } from './variants';

/** One statement of a policy that a template attaches. */
export interface Statement {
  /** Variant, stack and logical id of the role, or of the resource whose policy it is. */
  readonly owner: string;
  readonly kind: 'role' | 'resource' | 'trust';
  readonly sid: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Document {
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

/** Properties that hold a policy, by type of the resource. */
const resourcePolicies: Readonly<Record<string, string>> = {
  'AWS::S3::BucketPolicy': 'PolicyDocument',
  'AWS::SNS::TopicPolicy': 'PolicyDocument',
  'AWS::SQS::QueuePolicy': 'PolicyDocument',
  'AWS::KMS::Key': 'KeyPolicy',
};

/** Every statement of a variant's templates, with its values resolved. */
export function statementsOf(variant: Variant): readonly Statement[] {
  return variant.templates.flatMap((template) => {
    const resolver = new Resolver(template, variant);
    return Object.entries(template.resources).flatMap(([id, resource]) =>
      ofResource(`${variant.name}/${template.stack}`, id, resource, resolver),
    );
  });
}

function ofResource(place: string, id: string, resource: Resource, resolver: Resolver): readonly Statement[] {
  const { Type, Properties = {} } = resource;
  const make = (kind: Statement['kind'], owner: string, document: unknown): readonly Statement[] =>
    (resolver.document(document) as Document).Statement.map((each) => statement(kind, `${place}/${owner}`, each));
  if (Type === 'AWS::IAM::Role') {
    const inline = (Properties['Policies'] ?? []) as readonly { readonly PolicyDocument: unknown }[];
    return [
      ...make('trust', id, Properties['AssumeRolePolicyDocument']),
      ...inline.flatMap(({ PolicyDocument }) => make('role', id, PolicyDocument)),
    ];
  }
  if (Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy') {
    const roles = (Properties['Roles'] ?? []) as readonly { readonly Ref?: string }[];
    const owners = roles.length === 0 ? [id] : roles.map(({ Ref }) => Ref ?? id);
    return owners.flatMap((owner) => make('role', owner, Properties['PolicyDocument']));
  }
  const policy = resourcePolicies[Type];
  return policy === undefined ? [] : make('resource', id, Properties[policy]);
}

function statement(kind: Statement['kind'], owner: string, raw: Readonly<Record<string, unknown>>): Statement {
  const list = (value: unknown): readonly string[] => (value === undefined ? [] : [value].flat().map(String));
  return {
    owner,
    kind,
    sid: String(raw['Sid'] ?? ''),
    effect: raw['Effect'] === 'Deny' ? 'Deny' : 'Allow',
    actions: list(raw['Action']),
    resources: list(raw['Resource']),
    conditions: (raw['Condition'] ?? {}) as Statement['conditions'],
  };
}
