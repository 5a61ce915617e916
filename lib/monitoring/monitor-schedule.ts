import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { prefixes, resourceNames, variantName } from '../../contracts/names';
import type { UseCase } from '../../contracts/use-case';
import { arn } from '../config/arn';
import { allow, allowKey, allowPassToSageMaker } from '../config/grants';
import type { Foundation } from '../foundation/foundation-stack';
import { CodeAssets } from '../training/code-assets';
import type { PrebuiltImages } from '../training/images';
import { type MonitorPlan, rateOf } from './monitor-plan';

export interface MonitorScheduleProps {
  readonly plan: MonitorPlan;
  readonly useCase: UseCase;
  readonly foundation: Foundation;
  readonly code: CodeAssets;
  readonly images: PrebuiltImages;
  readonly endpointName: string;
  readonly jobRole: iam.Role;
  readonly group: scheduler.CfnScheduleGroup;
}

/** A run that takes longer is stuck: the windows are small. */
const longestRun = 1_800;

/**
 * A schedule that starts the monitor as a processing job, without a function in between.
 *
 * The scheduler fills in when the run was due, so that the job knows its window, and an id, so that no two jobs have the
 * same name.
 */
export class MonitorSchedule extends Construct {
  readonly name: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MonitorScheduleProps,
  ) {
    super(scope, id);
    this.name = resourceNames.schedule(props.useCase.name, props.plan.kind);
    const role = this.createRole();
    const schedule = new scheduler.CfnSchedule(this, 'Schedule', {
      name: this.name,
      groupName: props.group.ref,
      description: `Monitor of the ${props.plan.kind} of ${props.useCase.name}`,
      scheduleExpression: rateOf(props.plan.every),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: `arn:${Aws.PARTITION}:scheduler:::aws-sdk:sagemaker:createProcessingJob`,
        roleArn: role.roleArn,
        input: Stack.of(this).toJsonString(this.request()),
        deadLetterConfig: { arn: props.foundation.deadLetters.queueArn },
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 1_800 },
      },
    });
    schedule.node.addDependency(role);
  }

  private createRole(): iam.Role {
    const { plan, useCase, foundation, jobRole } = this.props;
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.PrincipalWithConditions(new iam.ServicePrincipal('scheduler.amazonaws.com'), {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      }),
      description: `Starts the monitor of the ${plan.kind} of ${useCase.name}`,
    });
    allow(role, 'StartRun', ['sagemaker:CreateProcessingJob'], [arn('sagemaker', `processing-job/${this.name}-*`)], {
      because: "each run's name ends with the scheduler's id",
    });
    allowPassToSageMaker(role, jobRole);
    allow(role, 'DeadLetters', ['sqs:SendMessage'], [foundation.deadLetters.queueArn]);
    allowKey(role, foundation.key);
    return role;
  }

  /** The body of CreateProcessingJob. */
  private request(): Record<string, unknown> {
    const { plan, useCase, foundation, code, images, jobRole } = this.props;
    const zip = CodeAssets.place(code.zip);
    const output = '/opt/ml/processing/output/findings';
    return {
      ProcessingJobName: `${this.name}-<aws.scheduler.execution-id>`,
      RoleArn: jobRole.roleArn,
      AppSpecification: {
        ImageUri: images.uri(plan.image),
        ContainerEntrypoint: ['python3', `/opt/ml/processing/input/code/${zip.file}`],
        ContainerArguments: this.command(output),
      },
      ProcessingInputs: [
        {
          InputName: 'code',
          S3Input: {
            S3Uri: zip.uri,
            LocalPath: '/opt/ml/processing/input/code',
            S3DataType: 'S3Prefix',
            S3InputMode: 'File',
            S3DataDistributionType: 'FullyReplicated',
          },
        },
      ],
      ProcessingOutputConfig: {
        KmsKeyId: foundation.key.keyArn,
        Outputs: [
          {
            OutputName: 'findings',
            S3Output: {
              S3Uri: `s3://${foundation.artifactBucket.bucketName}/${prefixes.monitoring(useCase.name)}/${plan.kind}/<aws.scheduler.scheduled-time>`,
              LocalPath: output,
              S3UploadMode: 'EndOfJob',
            },
          },
        ],
      },
      ProcessingResources: {
        ClusterConfig: { InstanceType: useCase.monitoring.instance, InstanceCount: 1, VolumeSizeInGB: 30 },
      },
      StoppingCondition: { MaxRuntimeInSeconds: longestRun },
    };
  }

  private command(output: string): string[] {
    const { plan, useCase, foundation, endpointName } = this.props;
    const { dataBucket, artifactBucket } = foundation;
    return [
      ...['monitor', 'watch', '--kind', plan.kind],
      ...['--window-end', '<aws.scheduler.scheduled-time>', '--window', plan.window],
      ...['--endpoint', endpointName, '--variant', variantName, '--schedule', this.name],
      ...['--capture', `s3://${dataBucket.bucketName}/${prefixes.capture(useCase.name)}`],
      ...['--ground-truth', `s3://${dataBucket.bucketName}/${prefixes.groundTruth(useCase.name)}`],
      ...['--baseline', `s3://${artifactBucket.bucketName}/${prefixes.live(useCase.name)}`],
      ...['--output', output],
    ];
  }
}
