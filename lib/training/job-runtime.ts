import { Aws } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { arn } from '../config/arn';
import { allow } from '../config/grants';
import type { PrebuiltImages } from './images';

/** What every job and every model needs around its data: images, logs. */
export function allowContainerRuntime(
  role: iam.Role,
  images: PrebuiltImages,
  ...ownImages: readonly (string | undefined)[]
): void {
  allow(
    role,
    'PullImages',
    ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    [...images.repositoryArns(), ...ownImages.flatMap(ownRepositoryArns)],
  );
  allow(role, 'RegistryToken', ['ecr:GetAuthorizationToken'], ['*'], {
    because: "the registry's token is not bound to a repository; the service knows no resource for it",
  });
  allow(
    role,
    'Logs',
    ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    [arn('logs', 'log-group:/aws/sagemaker/*')],
    { because: 'SageMaker names the log groups and streams of jobs and endpoints below /aws/sagemaker' },
  );
}

function ownRepositoryArns(image: string | undefined): string[] {
  const [, account, region, repository] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[a-z.]+\/([^:@]+)/.exec(image ?? '') ?? [];
  return repository === undefined ? [] : [`arn:${Aws.PARTITION}:ecr:${region}:${account}:repository/${repository}`];
}
