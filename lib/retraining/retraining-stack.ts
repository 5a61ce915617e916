import { Aws, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { configHash } from '../../contracts/config-hash';
import { environment } from '../../contracts/environment';
import { ownSource } from '../../contracts/events/retraining-request';
import { retrainSettings } from '../../contracts/function-settings';
import { prefixes, resourceNames } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { arn } from '../config/arn';
import { allow, allowKey, allowRead, allowWrite } from '../config/grants';
import type { Foundation } from '../foundation/foundation-stack';
import { EventRule } from '../functions/event-rule';
import type { FunctionBundles } from '../functions/function-bundles';
import { MooringFunction } from '../functions/mooring-function';
import { driftRules } from '../monitoring/drift-alarms';
import { rateOf } from '../config/rate';
import { newsTopicArn } from '../news/news-topic';

export interface RetrainingStackProps extends StackProps {
  readonly useCase: UseCase;
  readonly foundation: Foundation;
  readonly bundles: FunctionBundles;
}

/**
 * Retraining of one use case.
 *
 * Creates the retrain function, which alone decides, and everything that asks it: the composite alarm, the end of each
 * execution, a regular second look at alarms that still fire, and, when the use case says so, a schedule and new data.
 */
export class RetrainingStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: RetrainingStackProps,
  ) {
    super(scope, id, { description: `Mooring: retraining of ${props.useCase.name}`, ...props });
    const retrain = this.createRetrainFunction();
    this.createDriftRule(retrain);
    this.createCompletionRule(retrain);
    this.createDataRule(retrain);
    this.createSchedules(retrain);
  }

  private createRetrainFunction(): MooringFunction {
    const { useCase, foundation, bundles } = this.props;
    const retrain = new MooringFunction(this, 'Retrain', {
      code: 'retrain',
      functionName: resourceNames.retrainFunction(useCase.name),
      description: `Decides whether ${useCase.name} is trained again`,
      bundles,
      key: foundation.key,
      network: useCase.network,
      deadLetters: foundation.deadLetters,
      topic: foundation.topic,
      timeout: Duration.minutes(2),
      environment: {
        [environment.useCase]: useCase.name,
        [environment.pipelineName]: resourceNames.pipeline(useCase.name),
        ...(this.watched() ? { [environment.compositeAlarm]: resourceNames.compositeAlarm(useCase.name) } : {}),
        [environment.topicArn]: newsTopicArn(useCase.name),
        [environment.dataBucket]: foundation.dataBucket.bucketName,
        [environment.artifactBucket]: foundation.artifactBucket.bucketName,
        [environment.settings]: JSON.stringify({ ...retrainSettings(useCase), configHash: configHash(useCase) }),
      },
    });
    this.allowDeciding(retrain.role);
    return retrain;
  }

  private allowDeciding(role: iam.Role): void {
    const { useCase, foundation } = this.props;
    const pipeline = arn('sagemaker', `pipeline/${resourceNames.pipeline(useCase.name)}`);
    allow(
      role,
      'Pipeline',
      [
        'StartPipelineExecution',
        'ListPipelineExecutions',
        'DescribePipelineExecution',
        'ListPipelineParametersForExecution',
      ].map((action) => `sagemaker:${action}`),
      [pipeline, `${pipeline}/execution/*`],
      { because: 'executions get random ids, below the own pipeline' },
    );
    allow(
      role,
      'Champion',
      ['sagemaker:DescribeModelPackage'],
      [arn('sagemaker', `model-package/${resourceNames.packageGroup(useCase.name)}/*`)],
      { because: 'versions are numbered by the registry' },
    );
    allow(role, 'Alarms', ['cloudwatch:DescribeAlarms'], ['*'], {
      because: 'CloudWatch describes composite alarms only to those who may describe all',
    });
    allowRead(role, 'Artifacts', foundation.artifactBucket, [
      prefixes.decisions(useCase.name),
      prefixes.markers(useCase.name),
      prefixes.live(useCase.name),
    ]);
    allowWrite(role, 'Artifacts', foundation.artifactBucket, [
      prefixes.decisions(useCase.name),
      prefixes.markers(useCase.name),
    ]);
    allowRead(role, 'Data', foundation.dataBucket, [prefixes.labelled(useCase.name), prefixes.raw(useCase.name)]);
    allow(role, 'Publish', ['sns:Publish'], [newsTopicArn(useCase.name)]);
    allowKey(role, foundation.key);
  }

  private createDriftRule(retrain: MooringFunction): void {
    const { useCase } = this.props;
    if (!this.watched()) return;
    this.rule('Drift', retrain, {
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      // By name, not by reference: the alarm may be replaced without this stack noticing.
      resources: [arn('cloudwatch', `alarm:${resourceNames.compositeAlarm(useCase.name)}`)],
      detail: {
        state: { value: ['ALARM'], actionsSuppressedBy: [{ exists: false }] },
        previousState: { value: [{ 'anything-but': 'ALARM' }] },
      },
    });
  }

  private createCompletionRule(retrain: MooringFunction): void {
    this.rule('ExecutionEnded', retrain, {
      source: ['aws.sagemaker'],
      detailType: ['SageMaker Model Building Pipeline Execution Status Change'],
      detail: {
        pipelineArn: [arn('sagemaker', `pipeline/${resourceNames.pipeline(this.props.useCase.name)}`)],
        currentPipelineExecutionStatus: ['Succeeded', 'Failed', 'Stopped'],
      },
    });
  }

  private createDataRule(retrain: MooringFunction): void {
    const { useCase, foundation } = this.props;
    if (!useCase.retraining.on_new_data) return;
    this.rule('NewData', retrain, {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: {
        bucket: { name: [foundation.dataBucket.bucketName] },
        object: { key: [{ prefix: `${prefixes.raw(useCase.name)}/` }] },
      },
    });
  }

  private createSchedules(retrain: MooringFunction): void {
    const { useCase, foundation } = this.props;
    const requests = [
      // An alarm that began during an execution or a cool-down sends no second event.
      ...(this.watched()
        ? [{ id: 'Reconcile', trigger: 'reconcile', expression: rateOf(useCase.retraining.cool_down) }]
        : []),
      ...(useCase.retraining.schedule === undefined
        ? []
        : [{ id: 'Regular', trigger: 'schedule', expression: useCase.retraining.schedule }]),
    ];
    if (requests.length === 0) return;
    const role = new iam.Role(this, 'SchedulerRole', {
      assumedBy: new iam.PrincipalWithConditions(new iam.ServicePrincipal('scheduler.amazonaws.com'), {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      }),
      description: `Asks for retrainings of ${useCase.name}`,
    });
    allow(role, 'Ask', ['lambda:InvokeFunction'], [retrain.function.functionArn]);
    allow(role, 'DeadLetters', ['sqs:SendMessage'], [foundation.deadLetters.queueArn]);
    allowKey(role, foundation.key);
    for (const { id, trigger, expression } of requests) {
      const schedule = new scheduler.CfnSchedule(this, id, {
        name: `${useCase.name}-retraining-${trigger}`,
        description: `Asks the retrain function of ${useCase.name}: ${trigger}`,
        scheduleExpression: expression,
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: retrain.function.functionArn,
          roleArn: role.roleArn,
          input: this.toJsonString(requestEvent(trigger)),
          deadLetterConfig: { arn: foundation.deadLetters.queueArn },
          retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3_600 },
        },
      });
      schedule.node.addDependency(role);
    }
  }

  /** Whether anything can trigger the composite alarm. */
  private watched(): boolean {
    return driftRules(this.props.useCase).length > 0;
  }

  private rule(id: string, retrain: MooringFunction, pattern: EventPattern): void {
    const name = id.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
    new EventRule(this, id, {
      ruleName: `${this.props.useCase.name}-retrain-${name}`,
      description: `Asks the retrain function of ${this.props.useCase.name}: ${name.replaceAll('-', ' ')}`,
      pattern,
      target: retrain.function,
      deadLetters: this.props.foundation.deadLetters,
    });
  }
}

/** The event of contracts/events/retraining-request.ts; the scheduler fills in time and id. */
function requestEvent(trigger: string): Record<string, unknown> {
  return {
    version: '0',
    id: '<aws.scheduler.execution-id>',
    'detail-type': 'Mooring Retraining Request',
    source: ownSource,
    account: Aws.ACCOUNT_ID,
    region: Aws.REGION,
    time: '<aws.scheduler.scheduled-time>',
    resources: [],
    detail: { trigger },
  };
}
