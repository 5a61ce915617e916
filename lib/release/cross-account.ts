import type { Environment } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import { appName, prefixes, resourceNames, stackNames } from '../../contracts/names';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { arnIn, bucketArn, roleArn } from '../config/arn';
import { allow } from '../config/grants';
import type { FoundationStack } from '../foundation/foundation-stack';
import type { ServingStack } from '../serving/serving-stack';
import type { TrainingStack } from '../training/training-stack';

/** The account whose registry production's models come from. */
export interface RemoteRegistry {
  readonly account: string;
  readonly region: string;
}

/** Production cannot ask another account for a generated name, so the bucket that it reads from has a fixed one. */
export function sharedArtifactBucket(env: Environment | undefined): string {
  if (env?.account === undefined || env.region === undefined)
    throw new Error('a bucket that is shared between accounts needs the account and region of its stage');
  return `${appName}-artifacts-${env.account}-${env.region}`;
}

/** Roles of production's serving stacks; their names begin with the stack's. */
const servingRoles = (account: string, useCase: string): string => roleArn(`${stackNames.serving(useCase)}-*`, account);

/** Lets production's serving roles read a use case's models: registry, artifacts, key. Nothing else of this account. */
export function shareRegistryWith(
  account: string,
  {
    foundation,
    training,
    loaded,
  }: { readonly foundation: FoundationStack; readonly training: TrainingStack; readonly loaded: LoadedUseCase },
): void {
  const { name } = loaded.useCase;
  const reader = new iam.AccountPrincipal(account);
  const conditions = { ArnLike: { 'aws:PrincipalArn': servingRoles(account, name) } };
  foundation.artifactBucket.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: `ModelsOf${training.node.id.replace(/[^A-Za-z0-9]/g, '')}`,
      principals: [reader],
      actions: ['s3:GetObject'],
      resources: [foundation.artifactBucket.arnForObjects(`${prefixes.executions(name)}/*`)],
      conditions,
    }),
  );
  foundation.key.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: `ModelsOf${training.node.id.replace(/[^A-Za-z0-9]/g, '')}`,
      principals: [reader],
      actions: ['kms:Decrypt', 'kms:DescribeKey'],
      resources: ['*'],
      conditions,
    }),
  );
  const group = training.node.findChild('PackageGroup') as sagemaker.CfnModelPackageGroup;
  const { account: own, region } = training;
  const document = new iam.PolicyDocument({
    statements: [
      new iam.PolicyStatement({
        sid: 'Production',
        principals: [reader],
        actions: ['sagemaker:DescribeModelPackage', 'sagemaker:CreateModel', 'sagemaker:UpdateModelPackage'],
        resources: [
          arnIn({ region, account: own }, 'sagemaker', `model-package/${resourceNames.packageGroup(name)}/*`),
        ],
        conditions,
      }),
    ],
  });
  group.modelPackageGroupPolicy = document;
}

/** The other half: production's serving roles may use what staging shares. */
export function allowRegistryOf(
  registry: RemoteRegistry,
  { serving, loaded }: { readonly serving: ServingStack; readonly loaded: LoadedUseCase },
): void {
  const { name } = loaded.useCase;
  const versions = arnIn(registry, 'sagemaker', `model-package/${resourceNames.packageGroup(name)}/*`);
  const bucket = bucketArn(sharedArtifactBucket(registry));
  const because = 'models are made in staging; versions and objects get their names there';
  for (const role of [serving.deploy.role, serving.modelRole]) {
    allow(role, 'SharedArtifacts', ['s3:GetObject'], [`${bucket}/${prefixes.executions(name)}/*`], { because });
    allow(role, 'SharedKey', ['kms:Decrypt', 'kms:DescribeKey'], [arnIn(registry, 'kms', 'key/*')], {
      conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': [`alias/${appName}`] } },
      because: "the key's id is staging's; the condition names its alias",
    });
  }
  allow(
    serving.deploy.role,
    'SharedVersions',
    ['sagemaker:DescribeModelPackage', 'sagemaker:CreateModel', 'sagemaker:UpdateModelPackage'],
    [versions],
    { because },
  );
}
