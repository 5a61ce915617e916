import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import { configHash } from '../../contracts/config-hash';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { resourceNames } from '../../contracts/names';
import { buildsMonitorImage } from '@mooring/use-case/sections/compute';
import type { Place } from '../../pipeline-defs/standard/place';
import type { Foundation } from '../foundation/foundation-stack';
import type { FunctionBundles } from '../functions/function-bundles';
import { allow } from '../config/grants';
import { CheckSteps } from './check-steps';
import { CodeAssets } from './code-assets';
import type { StandardCode } from './code-bundle';
import { type MadePipeline, makePipeline } from './definition';
import { PrebuiltImages } from './images';
import { MonitorImage } from './monitor-image';
import { NewsTopic } from '../news/news-topic';
import { StoredDefinition } from './stored-definition';
import { TrainingRoles, type TrainingRolesProps } from './training-roles';

export interface TrainingStackProps extends StackProps {
  readonly loaded: LoadedUseCase;
  readonly standardCode: StandardCode;
  readonly foundation: Foundation;
  readonly bundles: FunctionBundles;
}

/**
 * Training of one use case.
 *
 * Creates the model package group, the SageMaker pipeline with its role, the role of the jobs, the code assets, and the
 * topic of the news with who hears them: of a use case's stacks this is the one that each account has.
 * A definition of 100 KiB and more goes to S3, by a function that puts in what is known only at deployment.
 * Exports names, images and code for the stacks that serve and monitor.
 */
export class TrainingStack extends Stack {
  readonly pipelineName: string;
  readonly packageGroupName: string;
  readonly code: CodeAssets;
  readonly images: PrebuiltImages;
  private readonly roles: TrainingRoles;
  private readonly checks: CheckSteps | undefined;
  private readonly monitorImage: MonitorImage | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TrainingStackProps,
  ) {
    super(scope, id, { description: `Mooring: training of ${props.loaded.useCase.name}`, ...props });
    const { useCase } = props.loaded;
    this.pipelineName = resourceNames.pipeline(useCase.name);
    this.packageGroupName = resourceNames.packageGroup(useCase.name);
    this.code = new CodeAssets(this, 'Code', props.standardCode, props.loaded);
    this.images = new PrebuiltImages(this, 'Images');
    // Not every use case wants SageMaker's own checks, and accounts that are new to them cannot have them.
    this.checks = useCase.monitoring.engine === 'model-monitor' ? new CheckSteps(this, 'Checks') : undefined;
    if (buildsMonitorImage(useCase.monitoring.compute))
      this.monitorImage = new MonitorImage(this, 'MonitorImage', props.standardCode.root);
    this.roles = new TrainingRoles(this, 'Roles', { ...props, ...this.own(), useCase });
    this.monitorImage?.allowPull(this.roles.job);
    new NewsTopic(this, 'News', { ...props, useCase });
    this.createPackageGroup();
    this.createPipeline();
  }

  private own(): Pick<TrainingRolesProps, 'code' | 'images' | 'packageGroupName' | 'checks'> {
    return { code: this.code, images: this.images, packageGroupName: this.packageGroupName, checks: this.checks };
  }

  private createPackageGroup(): void {
    const group = new sagemaker.CfnModelPackageGroup(this, 'PackageGroup', {
      modelPackageGroupName: this.packageGroupName,
      modelPackageGroupDescription: this.props.loaded.useCase.title,
    });
    // A group with versions cannot be deleted, and its versions are the evidence.
    group.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }

  private createPipeline(): void {
    const { loaded } = this.props;
    const made = makePipeline(loaded.folder, { useCase: loaded.useCase, place: this.place() });
    const { pipeline } = made;
    const resource = new sagemaker.CfnPipeline(this, 'Pipeline', {
      pipelineName: this.pipelineName,
      pipelineDisplayName: this.pipelineName,
      pipelineDescription: pipeline.description ?? loaded.useCase.title,
      pipelineDefinition: pipeline.needsS3Location ? this.stored(made) : this.inline(made),
      roleArn: this.roles.pipeline.roleArn,
      parallelismConfiguration: pipeline.parallelism,
    });
    // Creating a pipeline checks that its roles may be used.
    resource.node.addDependency(this.roles);
  }

  private inline({ definition }: MadePipeline): object {
    return { PipelineDefinitionBody: this.toJsonString(definition) };
  }

  private stored({ definition }: MadePipeline): object {
    const { loaded, foundation, bundles } = this.props;
    const { artifactBucket } = foundation;
    const useCase = loaded.useCase.name;
    const { key } = new StoredDefinition(this, 'StoredDefinition', {
      ...{ useCase, definition, foundation, bundles },
      network: loaded.useCase.network,
    });
    allow(this.roles.pipeline, 'Definition', ['s3:GetObject'], [artifactBucket.arnForObjects(key)]);
    return { PipelineDefinitionS3Location: { Bucket: artifactBucket.bucketName, Key: key } };
  }

  private place(): Place {
    const { foundation, loaded } = this.props;
    const { training } = loaded.useCase;
    const { source } = this.props.standardCode;
    return {
      pipelineName: this.pipelineName,
      packageGroup: this.packageGroupName,
      roleArn: this.roles.job.roleArn,
      kmsKeyArn: foundation.key.keyArn,
      dataBucket: foundation.dataBucket.bucketName,
      artifactBucket: foundation.artifactBucket.bucketName,
      code: { zip: CodeAssets.place(this.code.zip) },
      noLabels: this.code.noLabels.s3ObjectUrl,
      images: {
        processing: this.images.uri('scikit-learn'),
        training: training.image ?? this.images.uri(training.framework),
        ...(this.monitorImage === undefined ? {} : { monitor: this.monitorImage.uri }),
      },
      configHash: configHash(loaded.useCase),
      checks: this.checks?.checks,
      ...(source === undefined ? {} : { source }),
    };
  }
}
