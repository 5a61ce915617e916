import type { Body } from './service';

/** What a provider is told about the resource at hand. */
export interface ResourceContext {
  readonly stackName: string;
  readonly logicalId: string;
  /** CloudFormation type as the template spells it. */
  readonly resourceType: string;
  /** Physical name for a resource without an explicit one, in CloudFormation's pattern and stable over updates. */
  generateName(maxLength?: number, lowerCase?: boolean): string;
  readonly accountId: string;
  readonly region: string;
  readonly stackId: string;
  /** aws:cdk:path of the template's Metadata, for messages. */
  readonly constructPath?: string;
  readonly stackTags: Readonly<Record<string, string>>;
}

/** A resource that exists: what `Ref` and `Fn::GetAtt` give. */
export interface Provisioned {
  /** What `Ref` gives. Stable over updates; another value means the resource was replaced. */
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * Creates, updates and deletes resources of one CloudFormation type.
 *
 * `properties` names every property it honours; the engine refuses a template that sets another one, by name, before
 * anything is created. `accepted` names the ones that have no effect on a laptop, each with the reason, which goes into
 * docs/local-account.md.
 */
export interface ResourceProvider {
  /** CloudFormation type, e.g. AWS::S3::Bucket. */
  readonly type: string;
  readonly properties: readonly string[];
  /** Takes any other property, too: custom resources hand them to their function. */
  readonly anyProperties?: boolean;
  readonly accepted?: Readonly<Record<string, string>>;
  /** Properties that cannot change in place. */
  readonly replacedBy?: readonly string[];
  /** Attributes that Fn::GetAtt may ask for; declared ones are checked before anything is created and documented. */
  readonly attributes?: readonly string[];
  /** Physical id the resource would get, when that can be told beforehand: used to clean up after a kill in the middle of a create. */
  physicalIdOf?(properties: Body, context: ResourceContext): string | undefined;
  create(properties: Body, context: ResourceContext): Promise<Provisioned> | Provisioned;
  update(
    physicalId: string,
    properties: Body,
    previous: Body,
    context: ResourceContext,
  ): Promise<Provisioned> | Provisioned;
  delete(physicalId: string, properties: Body, context: ResourceContext): Promise<void> | void;
}
