import { join } from 'node:path';
import { IgnoreMode } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { monitorRepository } from '@mooring/use-case/sections/compute';
import { allow } from '../config/grants';

/**
 * The monitor's own image, with Spark, as a CDK asset: whoever deploys builds it from `python/mooring-monitor/container` and pushes it to
 * the registry of the account's bootstrap stack, under the hash of what it is made from. Same sources, same image.
 */
export class MonitorImage extends Construct {
  readonly uri: string;
  private readonly asset: DockerImageAsset;

  /** @param root the checkout. */
  constructor(scope: Construct, id: string, root: string) {
    super(scope, id);
    this.asset = new DockerImageAsset(this, 'Asset', {
      directory: join(root, 'python'),
      file: 'mooring-monitor/container/Dockerfile',
      exclude: ['mooring-steps', '*/tests', '**/__pycache__', '**/*.pyc', '**/.*'],
      ignoreMode: IgnoreMode.DOCKER,
      // What SageMaker's instances run, whatever machine builds.
      platform: Platform.LINUX_AMD64,
      assetName: monitorRepository,
    });
    this.uri = this.asset.imageUri;
  }

  allowPull(role: Role): void {
    allow(
      role,
      'PullMonitor',
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      [this.asset.repository.repositoryArn],
    );
  }
}
