import { type Network, vpcConfigOf } from '@mooring/use-case/sections/network';
import { Fn } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import { Construct } from 'constructs';
import { liveFiles, prefixes, resourceNames } from '../../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import type { Foundation } from '../../foundation/foundation-stack';
import type { MonitorPlan } from '../monitor-plan';
import type { NativeImages } from '../../training/native-images';
import { nativeSchedule, offset } from './native-schedule';

export interface NativeMonitorProps {
  readonly plan: MonitorPlan;
  readonly useCase: UseCase;
  readonly foundation: Foundation;
  readonly images: NativeImages;
  readonly jobRole: iam.Role;
  /** s3:// address of Clarify's analysis_config.json; bias and explanations need one. */
  readonly configUri?: string;
}

const types = {
  data: 'DataQuality',
  quality: 'ModelQuality',
  bias: 'ModelBias',
  explanations: 'ModelExplainability',
} as const;
const longestRun = 1_800;

/**
 * One monitor of SageMaker Model Monitor: its job definition and its MonitoringSchedule.
 *
 * The schedule carries the same name as the open engine's, so metrics have the same dimensions and alarms stay as they are.
 */
export class NativeMonitor extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: NativeMonitorProps,
  ) {
    super(scope, id);
    const definition = this.createDefinition();
    definition.node.addDependency(props.jobRole);
    new sagemaker.CfnMonitoringSchedule(this, 'Schedule', {
      monitoringScheduleName: resourceNames.schedule(props.useCase.name, props.plan.kind),
      monitoringScheduleConfig: {
        monitoringType: types[props.plan.kind],
        // The generated name: a definition cannot be changed, so each change makes a new one under a new name.
        monitoringJobDefinitionName: Fn.select(1, Fn.split('/', definition.attrJobDefinitionArn)),
        scheduleConfig: { scheduleExpression: nativeSchedule(props.plan.every) },
      },
    });
  }

  private createDefinition(): sagemaker.CfnDataQualityJobDefinition | OtherDefinition {
    const common = this.common();
    const { plan, useCase, images, configUri = '' } = this.props;
    const baseline = (file: string) => ({ constraintsResource: { s3Uri: this.live(file) } });
    switch (plan.kind) {
      case 'data':
        return new sagemaker.CfnDataQualityJobDefinition(this, 'Definition', {
          ...common,
          dataQualityAppSpecification: { imageUri: images.analyzer, environment },
          dataQualityBaselineConfig: {
            ...baseline(liveFiles.constraints),
            statisticsResource: { s3Uri: this.live(liveFiles.statistics) },
          },
          dataQualityJobInput: { endpointInput: this.endpointInput() },
          dataQualityJobOutputConfig: this.output(),
        });
      case 'quality':
        return new sagemaker.CfnModelQualityJobDefinition(this, 'Definition', {
          ...common,
          modelQualityAppSpecification: { imageUri: images.analyzer, problemType: problemOf(useCase), environment },
          modelQualityJobInput: {
            endpointInput: { ...this.endpointInput(), ...this.window(), ...answers(useCase) },
            groundTruthS3Input: { s3Uri: this.groundTruth() },
          },
          modelQualityJobOutputConfig: this.output(),
        });
      case 'bias':
        return new sagemaker.CfnModelBiasJobDefinition(this, 'Definition', {
          ...common,
          modelBiasAppSpecification: { imageUri: images.clarify, configUri },
          modelBiasBaselineConfig: baseline(liveFiles.bias),
          modelBiasJobInput: {
            endpointInput: { ...this.endpointInput(), ...this.window(), ...answers(useCase) },
            groundTruthS3Input: { s3Uri: this.groundTruth() },
          },
          modelBiasJobOutputConfig: this.output(),
        });
      case 'explanations':
        return new sagemaker.CfnModelExplainabilityJobDefinition(this, 'Definition', {
          ...common,
          modelExplainabilityAppSpecification: { imageUri: images.clarify, configUri },
          modelExplainabilityBaselineConfig: baseline(liveFiles.explanations),
          modelExplainabilityJobInput: { endpointInput: { ...this.endpointInput(), ...answers(useCase) } },
          modelExplainabilityJobOutputConfig: this.output(),
        });
    }
  }

  private common() {
    const { useCase, jobRole, foundation } = this.props;
    return {
      roleArn: jobRole.roleArn,
      jobResources: {
        clusterConfig: {
          instanceCount: 1,
          instanceType: useCase.monitoring.instance,
          volumeSizeInGb: 30,
          volumeKmsKeyId: foundation.key.keyArn,
        },
      },
      stoppingCondition: { maxRuntimeInSeconds: longestRun },
      ...(useCase.network === undefined ? {} : { networkConfig: nativeNetwork(useCase.network) }),
    };
  }

  private endpointInput() {
    return {
      endpointName: resourceNames.endpoint(this.props.useCase.name),
      localPath: '/opt/ml/processing/input/endpoint',
    };
  }

  /** Labels come later than answers, so these monitors look back over a window of their own. */
  private window() {
    return { startTimeOffset: offset(this.props.plan.window), endTimeOffset: '-PT0H' };
  }

  private groundTruth(): string {
    const { foundation, useCase } = this.props;
    return `s3://${foundation.dataBucket.bucketName}/${prefixes.groundTruth(useCase.name)}`;
  }

  private live(file: string): string {
    const { foundation, useCase } = this.props;
    return `s3://${foundation.artifactBucket.bucketName}/${prefixes.live(useCase.name)}/${file}`;
  }

  private output() {
    const { foundation, useCase, plan } = this.props;
    return {
      kmsKeyId: foundation.key.keyArn,
      monitoringOutputs: [
        {
          s3Output: {
            s3Uri: `s3://${foundation.artifactBucket.bucketName}/${prefixes.monitoring(useCase.name)}/${plan.kind}`,
            localPath: '/opt/ml/processing/output',
            s3UploadMode: 'EndOfJob',
          },
        },
      ],
    };
  }
}

/** NetworkConfig of a job definition; its containers read captures from what SageMaker mounts. */
function nativeNetwork(network: Network) {
  const vpc = vpcConfigOf(network);
  return {
    enableInterContainerTrafficEncryption: network.inter_container_encryption,
    enableNetworkIsolation: false,
    ...(vpc === undefined ? {} : { vpcConfig: { securityGroupIds: vpc.SecurityGroupIds, subnets: vpc.Subnets } }),
  };
}

type OtherDefinition =
  | sagemaker.CfnModelQualityJobDefinition
  | sagemaker.CfnModelBiasJobDefinition
  | sagemaker.CfnModelExplainabilityJobDefinition;

/** Without it Model Monitor writes its findings and publishes nothing. */
const environment = { publish_cloudwatch_metrics: 'Enabled' } as const;

function problemOf({ task }: UseCase): string {
  if (task === 'binary') return 'BinaryClassification';
  return task === 'multiclass' ? 'MulticlassClassification' : 'Regression';
}

/** Where an answer line holds label and score: `label,score`, or one number. */
function answers({ task }: UseCase) {
  return task === 'binary' ? { inferenceAttribute: '0', probabilityAttribute: '1' } : { inferenceAttribute: '0' };
}
