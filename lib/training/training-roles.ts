import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { prefixes } from '../../contracts/names';
import type { UseCase } from '../../contracts/use-case';
import type { Foundation } from '../foundation/foundation-stack';
import type { CodeAssets } from './code-assets';
import type { PrebuiltImages } from './images';
import { arn } from '../config/arn';

export interface TrainingRolesProps {
  readonly foundation: Foundation;
  readonly useCase: UseCase;
  readonly code: CodeAssets;
  readonly images: PrebuiltImages;
  readonly packageGroupName: string;
}

/** Two roles: one that runs the pipeline and may start jobs, one that the jobs run with and that sees only this use case's data. */
export class TrainingRoles extends Construct {
  readonly job: iam.Role;
  readonly pipeline: iam.Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TrainingRolesProps,
  ) {
    super(scope, id);
    this.job = this.createJobRole();
    this.pipeline = this.createPipelineRole();
  }

  private createJobRole(): iam.Role {
    const { foundation, useCase, code, images } = this.props;
    const role = new iam.Role(this, 'Job', {
      assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
      description: `Processing and training jobs of ${useCase.name}`,
    });
    foundation.dataBucket.grantRead(role, `${useCase.name}/*`);
    foundation.artifactBucket.grantReadWrite(role, `${prefixes.executions(useCase.name)}/*`);
    code.grantRead(role);
    grantExternalData(role, useCase);
    grantJobRuntime(role, images);
    return role;
  }

  private createPipelineRole(): iam.Role {
    const { foundation, useCase, packageGroupName } = this.props;
    const role = new iam.Role(this, 'Pipeline', {
      assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
      description: `Pipeline of ${useCase.name}`,
    });
    const allow = (sid: string, actions: string[], resources: string[]): void => {
      role.addToPolicy(new iam.PolicyStatement({ sid, actions, resources }));
    };
    // SageMaker names the jobs of pipelines pipelines-<execution>-<step>-<random>.
    allow(
      'Jobs',
      [
        ...['CreateProcessingJob', 'DescribeProcessingJob', 'StopProcessingJob'],
        ...['CreateTrainingJob', 'DescribeTrainingJob', 'StopTrainingJob', 'AddTags'],
      ].map((action) => `sagemaker:${action}`),
      [arn('sagemaker', 'processing-job/pipelines-*'), arn('sagemaker', 'training-job/pipelines-*')],
    );
    allow(
      'Registry',
      ['CreateModelPackage', 'DescribeModelPackage', 'DescribeModelPackageGroup', 'AddTags'].map(
        (action) => `sagemaker:${action}`,
      ),
      [
        arn('sagemaker', `model-package-group/${packageGroupName}`),
        arn('sagemaker', `model-package/${packageGroupName}/*`),
      ],
    );
    role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'RunJobsAsJobRole',
        actions: ['iam:PassRole'],
        resources: [this.job.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      }),
    );
    // Conditions read property files, and the registry checks that the model is there.
    foundation.artifactBucket.grantRead(role, `${prefixes.executions(useCase.name)}/*`);
    return role;
  }
}

/** What every job needs around its data: images, logs. */
export function grantJobRuntime(role: iam.Role, images: PrebuiltImages): void {
  role.addToPolicy(
    new iam.PolicyStatement({
      sid: 'PullPrebuiltImages',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: images.repositoryArns(),
    }),
  );
  role.addToPolicy(
    // The registry's token is not bound to a repository: the service knows no resource for it.
    new iam.PolicyStatement({ sid: 'RegistryToken', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
  );
  role.addToPolicy(
    new iam.PolicyStatement({
      sid: 'Logs',
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: [`arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:/aws/sagemaker/*`],
    }),
  );
}

/** Data that lies in a bucket of somebody else. */
function grantExternalData(role: iam.Role, useCase: UseCase): void {
  const match = /^s3:\/\/([^/]+)\/?(.*)$/.exec(useCase.dataset.location ?? '');
  if (match === null) return;
  const [, bucket = '', prefix = ''] = match;
  const bucketArn = `arn:${Aws.PARTITION}:s3:::${bucket}`;
  role.addToPolicy(
    new iam.PolicyStatement({ sid: 'ReadDataset', actions: ['s3:GetObject'], resources: [`${bucketArn}/${prefix}*`] }),
  );
  role.addToPolicy(new iam.PolicyStatement({ sid: 'ListDataset', actions: ['s3:ListBucket'], resources: [bucketArn] }));
}
