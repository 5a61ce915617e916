import type { Body } from '../core/service';
import { partition } from '../core/partition';

export const bootstrapStackName = 'CDKToolkit';
const qualifier = 'hnb659fds';
/** What `cdk bootstrap` of the pinned CLI would leave; stacks ask for at least 6. */
const version = '32';

const name = (what: string): Body => ({ 'Fn::Sub': `cdk-${qualifier}-${what}-\${AWS::AccountId}-\${AWS::Region}` });

/** The tag is by what release pipelines recognize the roles that they may assume. */
const role = (what: string, principal: Body): Body => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: name(`${what}-role`),
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal }],
    },
    ManagedPolicyArns: [`arn:${partition}:iam::aws:policy/AdministratorAccess`],
    Tags: [{ Key: 'aws-cdk:bootstrap-role', Value: what }],
  },
});
const account = { AWS: { Ref: 'AWS::AccountId' } };

/**
 * The least of the CDK's bootstrap stack that deployments need: so nobody has to run `cdk bootstrap` first.
 *
 * Logical ids and names are those of the CDK's own template, so that a real `cdk bootstrap` updates this stack in place.
 */
export const bootstrapTemplate: Body = {
  Description: 'This stack includes resources needed to deploy AWS CDK apps into this environment',
  Parameters: {
    Qualifier: { Type: 'String', Default: qualifier },
    BootstrapVariant: { Type: 'String', Default: 'AWS CDK: Default Resources' },
  },
  Resources: {
    StagingBucket: {
      Type: 'AWS::S3::Bucket',
      Properties: { BucketName: name('assets'), VersioningConfiguration: { Status: 'Enabled' } },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    },
    ContainerAssetsRepository: {
      Type: 'AWS::ECR::Repository',
      Properties: { RepositoryName: name('container-assets'), ImageTagMutability: 'IMMUTABLE' },
    },
    FilePublishingRole: role('file-publishing', account),
    ImagePublishingRole: role('image-publishing', account),
    LookupRole: role('lookup', account),
    DeploymentActionRole: role('deploy', account),
    CloudFormationExecutionRole: role('cfn-exec', { Service: 'cloudformation.amazonaws.com' }),
    CdkBootstrapVersion: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Name: `/cdk-bootstrap/${qualifier}/version`, Value: version },
    },
  },
  Outputs: {
    BucketName: {
      Description: 'The name of the S3 bucket owned by the CDK toolkit stack',
      Value: { Ref: 'StagingBucket' },
    },
    BucketDomainName: {
      Description: 'The domain name of the S3 bucket owned by the CDK toolkit stack',
      Value: { 'Fn::GetAtt': ['StagingBucket', 'RegionalDomainName'] },
    },
    ImageRepositoryName: {
      Description: 'The name of the ECR repository which hosts docker image assets',
      Value: { Ref: 'ContainerAssetsRepository' },
    },
    BootstrapVersion: {
      Description: 'The version of the bootstrap resources that are currently mastered in this stack',
      Value: { 'Fn::GetAtt': ['CdkBootstrapVersion', 'Value'] },
    },
  },
};
