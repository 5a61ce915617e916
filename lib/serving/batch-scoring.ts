import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Batch, BatchSettings } from '@mooring/use-case/sections/batch';
import { environment } from '../../contracts/environment';
import { prefixes, resourceNames } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { arn } from '../config/arn';
import { allow, allowKey, allowRead, allowWrite } from '../config/grants';
import type { Foundation } from '../foundation/foundation-stack';
import type { FunctionBundles } from '../functions/function-bundles';
import { MooringFunction } from '../functions/mooring-function';
import { rateOf } from '../config/rate';

export interface BatchScoringProps {
  readonly useCase: UseCase;
  readonly batch: Batch;
  readonly foundation: Foundation;
  readonly bundles: FunctionBundles;
  /** Jobs read and write with the role of the model that they run. */
  readonly modelRole: iam.Role;
}

/** Files below `<use-case>/batch/input` are scored by the live model on a schedule; answers go to `batch/output/<time>`. */
export class BatchScoring extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: BatchScoringProps,
  ) {
    super(scope, id);
    this.allowData();
    this.createSchedule(this.createFunction());
  }

  private allowData(): void {
    const { useCase, foundation, modelRole } = this.props;
    allowRead(modelRole, 'BatchInput', foundation.dataBucket, [prefixes.batchInput(useCase.name)]);
    allowWrite(modelRole, 'BatchOutput', foundation.dataBucket, [prefixes.batchOutput(useCase.name)]);
  }

  private createFunction(): MooringFunction {
    const { useCase, batch, foundation, bundles } = this.props;
    const { name, dataset, monitoring } = useCase;
    const settings: BatchSettings = {
      instance: batch.instance,
      count: batch.count,
      ...(monitoring.source === 'batch' ? { joined: { key: dataset.key !== undefined } } : {}),
    };
    const batches = new MooringFunction(this, 'Batch', {
      code: 'batch',
      functionName: resourceNames.batchFunction(name),
      description: `Scores files with the live model of ${name}`,
      bundles,
      key: foundation.key,
      network: useCase.network,
      deadLetters: foundation.deadLetters,
      topic: foundation.topic,
      environment: {
        [environment.useCase]: name,
        [environment.dataBucket]: foundation.dataBucket.bucketName,
        [environment.artifactBucket]: foundation.artifactBucket.bucketName,
        [environment.kmsKeyArn]: foundation.key.keyArn,
        [environment.settings]: JSON.stringify(settings),
      },
    });
    allowRead(batches.role, 'Live', foundation.artifactBucket, [prefixes.live(name)]);
    allow(batches.role, 'ListInput', ['s3:ListBucket'], [foundation.dataBucket.bucketArn], {
      conditions: { StringLike: { 's3:prefix': [`${prefixes.batchInput(name)}/*`] } },
    });
    allow(
      batches.role,
      'Score',
      ['sagemaker:CreateTransformJob', 'sagemaker:AddTags'],
      [arn('sagemaker', `transform-job/${name}-batch-*`)],
      { because: "each run's name ends with the time at which it was due" },
    );
    allowKey(batches.role, foundation.key);
    return batches;
  }

  private createSchedule(batches: MooringFunction): void {
    const { useCase, batch, foundation } = this.props;
    const role = new iam.Role(this, 'SchedulerRole', {
      assumedBy: new iam.PrincipalWithConditions(new iam.ServicePrincipal('scheduler.amazonaws.com'), {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      }),
      description: `Starts the batch function of ${useCase.name}`,
    });
    allow(role, 'Start', ['lambda:InvokeFunction'], [batches.function.functionArn]);
    allow(role, 'DeadLetters', ['sqs:SendMessage'], [foundation.deadLetters.queueArn]);
    allowKey(role, foundation.key);
    const schedule = new scheduler.CfnSchedule(this, 'Schedule', {
      name: resourceNames.batchFunction(useCase.name),
      description: `Scores files with the live model of ${useCase.name}`,
      scheduleExpression: rateOf(batch.every),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: batches.function.functionArn,
        roleArn: role.roleArn,
        input: Stack.of(this).toJsonString({ time: '<aws.scheduler.scheduled-time>' }),
        deadLetterConfig: { arn: foundation.deadLetters.queueArn },
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3_600 },
      },
    });
    schedule.node.addDependency(role);
  }
}
