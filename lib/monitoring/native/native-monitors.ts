import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { metricNamespaces } from '../../../contracts/metrics';
import { prefixes, resourceNames } from '../../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { arn } from '../../config/arn';
import { allow, allowKey, allowRead, allowReadObjects, allowWrite, allowVolumes } from '../../config/grants';
import { allowJobsInVpc } from '../../config/network';
import type { Foundation } from '../../foundation/foundation-stack';
import { monitorPlans } from '../monitor-plan';
import { biasConfig, explanationsConfig } from './analysis-config';
import { NativeImages } from '../../training/native-images';
import { NativeMonitor } from './native-monitor';

export interface NativeMonitorsProps {
  readonly useCase: UseCase;
  readonly foundation: Foundation;
}

/** The monitors of a use case with `engine: model-monitor`: SageMaker's own, under the names the open ones would have. */
export class NativeMonitors extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: NativeMonitorsProps,
  ) {
    super(scope, id);
    const { useCase, foundation } = props;
    const images = new NativeImages(this, 'Images');
    const jobRole = this.createRole(images);
    const configs = { bias: biasConfig, explanations: explanationsConfig };
    for (const plan of monitorPlans(useCase)) {
      const config =
        plan.kind === 'bias' || plan.kind === 'explanations'
          ? this.createConfig(plan.kind, configs[plan.kind](useCase), jobRole)
          : undefined;
      new NativeMonitor(this, plan.kind, {
        plan,
        useCase,
        foundation,
        images,
        jobRole,
        configUri: config?.s3ObjectUrl,
      });
    }
  }

  private createConfig(kind: string, content: Record<string, unknown>, role: iam.Role): Asset {
    const folder = mkdtempSync(join(tmpdir(), 'mooring-config-'));
    try {
      const path = join(folder, 'analysis_config.json');
      writeFileSync(path, `${JSON.stringify(content, undefined, 2)}\n`);
      const asset = new Asset(this, `Config-${kind}`, { path });
      allowReadObjects(role, `Config${kind}`.replace(/[^A-Za-z]/g, ''), asset.bucket, [asset.s3ObjectKey]);
      return asset;
    } finally {
      // Staging has copied it into the assembly.
      rmSync(folder, { recursive: true });
    }
  }

  private createRole(images: NativeImages): iam.Role {
    const { useCase, foundation } = this.props;
    const role = new iam.Role(this, 'JobRole', {
      assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
      description: `Model Monitor's runs for ${useCase.name}`,
    });
    allowRead(role, 'Data', foundation.dataBucket, [
      prefixes.capture(useCase.name),
      prefixes.groundTruth(useCase.name),
    ]);
    allowRead(role, 'Artifacts', foundation.artifactBucket, [prefixes.live(useCase.name)]);
    allowWrite(role, 'Reports', foundation.artifactBucket, [prefixes.monitoring(useCase.name)]);
    allowKey(role, foundation.key);
    allowVolumes(role, foundation.key);
    allowJobsInVpc(role, useCase.network);
    allow(role, 'Metrics', ['cloudwatch:PutMetricData'], ['*'], {
      conditions: { StringEquals: { 'cloudwatch:namespace': Object.values(metricNamespaces) } },
      because: "the action knows no resource; the condition bounds it to the monitors' namespaces",
    });
    allow(
      role,
      'Endpoint',
      ['sagemaker:DescribeEndpoint', 'sagemaker:InvokeEndpoint'],
      [arn('sagemaker', `endpoint/${resourceNames.endpoint(useCase.name)}`)],
    );
    allow(
      role,
      'EndpointConfig',
      ['sagemaker:DescribeEndpointConfig'],
      [arn('sagemaker', `endpoint-config/${useCase.name}-*`)],
      {
        because: 'every deployment makes a configuration with a new name',
      },
    );
    allow(
      role,
      'PullImages',
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      images.repositoryArns(),
    );
    allow(role, 'RegistryToken', ['ecr:GetAuthorizationToken'], ['*'], {
      because: "the registry's token is not bound to a repository; the service knows no resource for it",
    });
    allow(
      role,
      'Logs',
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      [arn('logs', 'log-group:/aws/sagemaker/*')],
      { because: 'SageMaker names the log groups and streams of jobs below /aws/sagemaker' },
    );
    return role;
  }
}
