import { Stack, Validations } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as iam from 'aws-cdk-lib/aws-iam';
import { flatten, type Reference } from '../config/acknowledge';

/** Why the wildcards that CDK Pipelines writes into its policies are as narrow as they can be, by the service of the action. */
const reasons: Readonly<Record<string, string>> = {
  s3: "CDK Pipelines grants builds and actions the pipeline's own artifact bucket, which holds nothing else",
  kms: "CDK Pipelines grants the use of the pipeline's own key, which encrypts nothing but its artifacts",
  codebuild: "report groups are named after the build's project and get a name of their own for each report",
  logs: "log streams are named by builds; the group is the build project's own",
  sts: "the roles of the CDK's bootstrap stack, recognized by their tag in the condition, or the stages' own roles",
  cloudformation: 'the self-mutation asks for the state of its stack before it knows its id; it can only read',
};

interface Statement {
  readonly Action?: string | readonly string[];
  readonly Resource?: Reference | readonly Reference[];
}

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

/**
 * Acknowledges cdk-nag's finding of each wildcard in the policies that the CDK's pipeline library writes. A wildcard of a
 * service that is not listed here stays a finding.
 */
export function acknowledgePipelineGrants(stack: Stack): void {
  acknowledgeImageBuilds(stack);
  for (const construct of stack.node.findAll()) {
    if (!(construct instanceof iam.CfnPolicy) || Stack.of(construct) !== stack) continue;
    construct.node.addValidation({
      validate: () => {
        const { Statement = [] } = stack.resolve(construct.policyDocument) as { readonly Statement?: Statement[] };
        for (const statement of Statement) acknowledge(construct, statement);
        return [];
      },
    });
  }
}

/** Docker in a build needs the privileged mode; CDK Pipelines turns it on for the project that publishes images, and only there. */
function acknowledgeImageBuilds(stack: Stack): void {
  for (const construct of stack.node.findAll())
    if (construct instanceof codebuild.CfnProject && stack.resolve(construct.environment).privilegedMode === true)
      Validations.of(construct).acknowledge({ id: 'AwsSolutions-CB3', reason: 'it builds container images' });
}

function acknowledge(construct: iam.CfnPolicy, { Action, Resource }: Statement): void {
  const actions = listOf<string>(Action);
  const reason = reasons[actions[0]?.split(':')[0] ?? ''];
  if (reason === undefined) return;
  const wild = [
    ...actions.filter((action) => action.includes('*')).map((action) => `Action::${action}`),
    ...listOf<Reference>(Resource)
      .map(flatten)
      .filter((resource) => resource.includes('*'))
      .map((resource) => `Resource::${resource}`),
  ];
  for (const each of wild) Validations.of(construct).acknowledge({ id: `AwsSolutions-IAM5[${each}]`, reason });
}
