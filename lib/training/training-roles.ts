import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { prefixes } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { arn, bucketArn } from '../config/arn';
import {
  allow,
  allowDecrypt,
  allowKey,
  allowPassToSageMaker,
  allowRead,
  allowVolumes,
  allowWrite,
} from '../config/grants';
import { allowJobsInVpc } from '../config/network';
import type { Foundation } from '../foundation/foundation-stack';
import type { CheckSteps } from './check-steps';
import type { CodeAssets } from './code-assets';
import type { PrebuiltImages } from './images';
import { allowContainerRuntime } from './job-runtime';

export interface TrainingRolesProps {
  readonly foundation: Foundation;
  readonly useCase: UseCase;
  readonly code: CodeAssets;
  readonly images: PrebuiltImages;
  readonly packageGroupName: string;
  /** Of use cases with check steps. */
  readonly checks?: CheckSteps;
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
    const { foundation, useCase, code, images, checks } = this.props;
    const role = this.createRole('Job', `Processing and training jobs of ${useCase.name}`);
    allowRead(role, 'Data', foundation.dataBucket, [useCase.name]);
    allowRead(role, 'Executions', foundation.artifactBucket, [prefixes.executions(useCase.name)]);
    allowWrite(role, 'Executions', foundation.artifactBucket, [prefixes.executions(useCase.name)]);
    allowKey(role, foundation.key);
    allowVolumes(role, foundation.key);
    allowJobsInVpc(role, useCase.network);
    code.allowRead(role);
    allowExternalData(role, useCase);
    checks?.allowJobs(role);
    const { compute } = useCase.monitoring;
    allowContainerRuntime(
      role,
      images,
      useCase.training.image,
      compute?.engine === 'single' ? undefined : compute?.image,
    );
    return role;
  }

  private createPipelineRole(): iam.Role {
    const { foundation, useCase, packageGroupName, checks } = this.props;
    const role = this.createRole('Pipeline', `Pipeline of ${useCase.name}`);
    allow(
      role,
      'Jobs',
      [
        ...['CreateProcessingJob', 'DescribeProcessingJob', 'StopProcessingJob'],
        ...['CreateTrainingJob', 'DescribeTrainingJob', 'StopTrainingJob', 'AddTags'],
      ].map((action) => `sagemaker:${action}`),
      [arn('sagemaker', 'processing-job/pipelines-*'), arn('sagemaker', 'training-job/pipelines-*')],
      { because: 'SageMaker names the jobs of pipelines pipelines-<execution>-<step>-<random>' },
    );
    allow(
      role,
      'Registry',
      ['CreateModelPackage', 'DescribeModelPackage', 'DescribeModelPackageGroup', 'AddTags'].map(
        (action) => `sagemaker:${action}`,
      ),
      [
        arn('sagemaker', `model-package-group/${packageGroupName}`),
        arn('sagemaker', `model-package/${packageGroupName}/*`),
      ],
      { because: 'versions are numbered by the registry, inside the own group' },
    );
    allowPassToSageMaker(role, this.job);
    checks?.allowPipeline(role);
    // Conditions read property files, and the registry checks that the model is there.
    allowRead(role, 'Executions', foundation.artifactBucket, [prefixes.executions(useCase.name)]);
    allowDecrypt(role, foundation.key);
    return role;
  }

  private createRole(id: string, description: string): iam.Role {
    return new iam.Role(this, id, { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'), description });
  }
}

/** Data that lies in a bucket of somebody else. */
function allowExternalData(role: iam.Role, useCase: UseCase): void {
  const match = /^s3:\/\/([^/]+)\/?(.*)$/.exec(useCase.dataset.location ?? '');
  if (match === null) return;
  const [, bucket = '', prefix = ''] = match;
  allow(role, 'ReadDataset', ['s3:GetObject'], [bucketArn(`${bucket}/${prefix}*`)], {
    because: 'the data set that use-case.yaml names',
  });
  allow(role, 'ListDataset', ['s3:ListBucket'], [bucketArn(bucket)], {
    conditions: { StringLike: { 's3:prefix': [`${prefix}*`] } },
  });
}
