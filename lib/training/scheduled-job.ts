import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { durationSeconds } from '@mooring/use-case/duration';
import type { Network } from '@mooring/use-case/sections/network';
import { networkOf } from '../../pipeline-defs/standard/jobs';
import { arn } from '../config/arn';
import { allow, allowKey, allowPassToSageMaker } from '../config/grants';
import type { Foundation } from '../foundation/foundation-stack';
import { CodeAssets } from './code-assets';
import { rateOf } from '../config/rate';

export interface ScheduledJobProps {
  /** Name of the schedule; a run is called `<name>-<id>`. */
  readonly name: string;
  readonly description: string;
  /** Cadence: 15m, 1h, 2d. */
  readonly every: string;
  readonly foundation: Foundation;
  readonly code: CodeAssets;
  readonly jobRole: iam.Role;
  readonly group: scheduler.CfnScheduleGroup;
  readonly image: string;
  readonly instance: string;
  /** Arguments of the code bundle; `<aws.scheduler.scheduled-time>` is when the run was due. */
  readonly command: readonly string[];
  readonly network: Network | undefined;
  /** Prefix that takes what a run writes below `/opt/ml/processing/output/<outputName>`. */
  readonly output: { readonly name: string; readonly uri: string };
}

/** A run that takes longer is stuck: the windows are small. A start that is older than this is not made any more. */
const longestRun = 1_800;
/** The scheduler's shortest age of a start that is still tried. */
const shortestAge = 60;

/**
 * Seconds for a start to be tried again, and for the run. Together with a quarter of the cadence for the instance to come up
 * they are no longer than the cadence, so that no two runs of a schedule are ever under way at once.
 */
export function runLimits(every: string): { readonly starting: number; readonly running: number } {
  const cadence = durationSeconds(every);
  return {
    starting: Math.max(shortestAge, Math.min(longestRun, Math.floor(cadence / 4))),
    running: Math.min(longestRun, Math.floor(cadence / 2)),
  };
}

/**
 * A schedule that starts a processing job of the code bundle, without a function in between.
 *
 * The scheduler fills in when the run was due, so that the job knows its window, and an id, so that no two jobs have the
 * same name.
 */
export class ScheduledJob extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ScheduledJobProps,
  ) {
    super(scope, id);
    const role = this.createRole();
    const schedule = new scheduler.CfnSchedule(this, 'Schedule', {
      name: props.name,
      groupName: props.group.ref,
      description: props.description,
      scheduleExpression: rateOf(props.every),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: `arn:${Aws.PARTITION}:scheduler:::aws-sdk:sagemaker:createProcessingJob`,
        roleArn: role.roleArn,
        input: Stack.of(this).toJsonString(this.request()),
        deadLetterConfig: { arn: props.foundation.deadLetters.queueArn },
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: runLimits(props.every).starting },
      },
    });
    schedule.node.addDependency(role);
  }

  /** Where a job sees an output of that name. */
  static folder(output: string): string {
    return `/opt/ml/processing/output/${output}`;
  }

  private createRole(): iam.Role {
    const { name, foundation, jobRole } = this.props;
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.PrincipalWithConditions(new iam.ServicePrincipal('scheduler.amazonaws.com'), {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      }),
      description: `Starts the runs of ${name}`,
    });
    allow(role, 'StartRun', ['sagemaker:CreateProcessingJob'], [arn('sagemaker', `processing-job/${name}-*`)], {
      because: "each run's name ends with the scheduler's id",
    });
    allowPassToSageMaker(role, jobRole);
    allow(role, 'DeadLetters', ['sqs:SendMessage'], [foundation.deadLetters.queueArn]);
    allowKey(role, foundation.key);
    return role;
  }

  /** The body of CreateProcessingJob. */
  private request(): Record<string, unknown> {
    const { name, foundation, code, jobRole, image, instance, command, output, network } = this.props;
    const zip = CodeAssets.place(code.zip);
    return {
      ProcessingJobName: `${name}-<aws.scheduler.execution-id>`,
      RoleArn: jobRole.roleArn,
      AppSpecification: {
        ImageUri: image,
        ContainerEntrypoint: ['python3', `/opt/ml/processing/input/code/${zip.file}`],
        ContainerArguments: [...command],
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
            OutputName: output.name,
            S3Output: { S3Uri: output.uri, LocalPath: ScheduledJob.folder(output.name), S3UploadMode: 'EndOfJob' },
          },
        ],
      },
      ProcessingResources: {
        ClusterConfig: {
          InstanceType: instance,
          InstanceCount: 1,
          VolumeSizeInGB: 30,
          VolumeKmsKeyId: foundation.key.keyArn,
        },
      },
      // It reads its window itself, so that it cannot be isolated.
      ...(network === undefined ? {} : { NetworkConfig: networkOf(network, false) }),
      StoppingCondition: { MaxRuntimeInSeconds: runLimits(this.props.every).running },
    };
  }
}
