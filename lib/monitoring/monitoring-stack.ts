import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { environment } from '../../contracts/environment';
import { notifyFile, notifySettings } from '../../contracts/function-settings';
import { deploymentNamespace, metricNamespaces } from '../../contracts/metrics';
import { liveFiles, prefixes, resourceNames } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { arn } from '../config/arn';
import { allow, allowKey, allowRead } from '../config/grants';
import type { Foundation } from '../foundation/foundation-stack';
import { EventRule } from '../functions/event-rule';
import type { FunctionBundles } from '../functions/function-bundles';
import { MooringFunction } from '../functions/mooring-function';
import { GroundTruth } from '../labels/ground-truth';
import { createLabelAlarms } from '../labels/label-alarms';
import type { CodeAssets } from '../training/code-assets';
import { PrebuiltImages } from '../training/images';
import { createDeployingAlarm } from './deploying-alarm';
import { checkComposite, createDriftAlarm, driftRules } from './drift-alarms';
import { endpointAlarmNames, infrastructureAlarms } from './infrastructure-alarms';
import { monitorPlans } from './monitor-plan';
import { NativeMonitors } from './native/native-monitors';
import { MonitorSchedule } from './monitor-schedule';
import { createDashboard } from './use-case-dashboard';
import { createWatchingAlarms } from './watching-alarms';
import { newsTopicArn } from '../news/news-topic';

export interface MonitoringStackProps extends StackProps {
  readonly useCase: UseCase;
  readonly foundation: Foundation;
  readonly bundles: FunctionBundles;
  /** The code bundle of the training stack. */
  readonly code: CodeAssets;
}

/**
 * Watching of one use case.
 *
 * Creates a schedule per monitor, an alarm per monitored feature and metric, alarms about the watching itself, one
 * composite alarm that means drift, and the notify function that turns alarms into text.
 */
export class MonitoringStack extends Stack {
  private readonly endpointName: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MonitoringStackProps,
  ) {
    super(scope, id, { description: `Mooring: monitoring of ${props.useCase.name}`, ...props });
    this.endpointName = resourceNames.endpoint(props.useCase.name);
    const images = new PrebuiltImages(this, 'Images');
    const group = this.createSchedules(images);
    this.createGroundTruth(images, group);
    const drift = this.createDriftAlarms();
    const watching = [
      ...createWatchingAlarms(this, props.useCase, group.ref),
      ...createLabelAlarms(this, props.useCase),
    ];
    const notify = this.createNotifyFunction();
    this.createAlarmRule(notify, [...drift, ...watching]);
    this.createEndpointAlarmRule(notify);
    this.createFailureRules(notify);
    this.createDeliveryRules(notify);
    createDashboard(this, props.useCase, [...drift, ...watching]);
  }

  private createSchedules(images: PrebuiltImages): scheduler.CfnScheduleGroup {
    const { useCase, foundation, code } = this.props;
    const group = new scheduler.CfnScheduleGroup(this, 'Schedules', { name: useCase.name });
    if (useCase.monitoring.engine === 'model-monitor') {
      new NativeMonitors(this, 'ModelMonitor', { useCase, foundation });
      return group;
    }
    for (const plan of monitorPlans(useCase)) {
      const { endpointName } = this;
      new MonitorSchedule(this, `Monitor-${plan.kind}`, {
        plan,
        useCase,
        foundation,
        code,
        images,
        endpointName,
        group,
      });
    }
    return group;
  }

  private createGroundTruth(images: PrebuiltImages, group: scheduler.CfnScheduleGroup): void {
    const { useCase, foundation, bundles, code } = this.props;
    const { labels } = useCase;
    if (labels === undefined) return;
    new GroundTruth(this, 'GroundTruth', { useCase, labels, foundation, bundles, code, images, group });
  }

  /** The alarms that mean drift; the composite alarm over them comes last and is what others react to. */
  private createDriftAlarms(): cloudwatch.AlarmBase[] {
    const { useCase } = this.props;
    const alarms = driftRules(useCase).map((rule) => createDriftAlarm(this, rule, useCase));
    if (alarms.length === 0) return [];
    checkComposite(
      useCase.name,
      driftRules(useCase).map(({ alarmName }) => alarmName),
    );
    const composite = new cloudwatch.CompositeAlarm(this, 'Drift', {
      compositeAlarmName: resourceNames.compositeAlarm(useCase.name),
      alarmDescription: `${useCase.title}: something that is watched left its bounds. See docs/operating.md#drift`,
      alarmRule: cloudwatch.AlarmRule.anyOf(
        ...alarms.map((alarm) => cloudwatch.AlarmRule.fromAlarm(alarm, cloudwatch.AlarmState.ALARM)),
      ),
      actionsSuppressor: createDeployingAlarm(this, useCase.name),
      // No wait: a wait would mark every alarm as held back when it rings.
      actionsSuppressorWaitPeriod: Duration.seconds(0),
      actionsSuppressorExtensionPeriod: Duration.seconds(0),
    });
    return [composite];
  }

  private createNotifyFunction(): MooringFunction {
    const { useCase, foundation, bundles } = this.props;
    const notify = new MooringFunction(this, 'Notify', {
      code: 'notify',
      functionName: resourceNames.notifyFunction(useCase.name),
      description: `Sends notifications about alarms and failures of ${useCase.name}`,
      bundles,
      key: foundation.key,
      network: useCase.network,
      deadLetters: foundation.deadLetters,
      topic: foundation.topic,
      environment: {
        [environment.useCase]: useCase.name,
        [environment.endpointName]: this.endpointName,
        [environment.scheduleName]: resourceNames.schedule(useCase.name, 'data'),
        [environment.compositeAlarm]: resourceNames.compositeAlarm(useCase.name),
        [environment.topicArn]: newsTopicArn(useCase.name),
        [environment.artifactBucket]: foundation.artifactBucket.bucketName,
      },
      files: { [notifyFile]: JSON.stringify(notifySettings(useCase)) },
    });
    const { role } = notify;
    allow(role, 'Publish', ['sns:Publish'], [newsTopicArn(useCase.name)]);
    allow(
      role,
      'Alarms',
      ['cloudwatch:DescribeAlarms'],
      [
        arn('cloudwatch', `alarm:${resourceNames.featureAlarm(useCase.name, '*')}`),
        arn('cloudwatch', `alarm:${resourceNames.missingAlarm(useCase.name, '*')}`),
        ...[...notifySettings(useCase).bounds.map((each) => each.alarm), 'monitor-failed'].map((end) =>
          arn('cloudwatch', `alarm:${resourceNames.metricAlarm(useCase.name, end)}`),
        ),
      ],
      { because: 'the alarms of the monitored features' },
    );
    allow(role, 'CountFailures', ['cloudwatch:PutMetricData'], ['*'], {
      conditions: { StringEquals: { 'cloudwatch:namespace': [metricNamespaces.data, deploymentNamespace] } },
      because: 'the action knows no resource; the condition bounds it to the namespaces it counts in',
    });
    allow(
      role,
      'Executions',
      ['sagemaker:DescribePipelineExecution'],
      [arn('sagemaker', `pipeline/${resourceNames.pipeline(useCase.name)}/execution/*`)],
      { because: 'executions get random ids, below the own pipeline' },
    );
    allowRead(role, 'Live', foundation.artifactBucket, [
      prefixes.live(useCase.name),
      prefixes.monitoring(useCase.name),
    ]);
    allowKey(role, foundation.key);
    return notify;
  }

  private createAlarmRule(notify: MooringFunction, alarms: readonly cloudwatch.AlarmBase[]): void {
    this.rule('AlarmRang', notify, {
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      resources: alarms.map((alarm) => alarm.alarmArn),
      detail: { state: { value: ['ALARM'] } },
    });
    this.rule('InfrastructureAlarm', notify, {
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      detail: { alarmName: [...infrastructureAlarms(this.props.useCase)], state: { value: ['ALARM'] } },
    });
  }

  private createEndpointAlarmRule(notify: MooringFunction): void {
    this.rule('EndpointAlarm', notify, {
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      detail: { alarmName: [...endpointAlarmNames(this.props.useCase)], state: { value: ['ALARM'] } },
    });
  }

  private createFailureRules(notify: MooringFunction): void {
    const { useCase } = this.props;
    this.rule('EndpointChanged', notify, {
      source: ['aws.sagemaker'],
      detailType: ['SageMaker Endpoint State Change'],
      detail: { EndpointName: [this.endpointName] },
    });
    this.rule('MonitorRunFailed', notify, {
      source: ['aws.sagemaker'],
      detailType: ['SageMaker Processing Job State Change'],
      detail: {
        ProcessingJobName: [
          ...monitorPlans(useCase).map(({ kind }) => resourceNames.schedule(useCase.name, kind)),
          ...(useCase.labels === undefined ? [] : [resourceNames.labelSchedule(useCase.name)]),
        ].map((name) => ({ prefix: `${name}-` })),
        ProcessingJobStatus: ['Failed', 'Stopped'],
      },
    });
    this.rule('PipelineFailed', notify, {
      source: ['aws.sagemaker'],
      detailType: ['SageMaker Model Building Pipeline Execution Status Change'],
      detail: {
        pipelineArn: [arn('sagemaker', `pipeline/${resourceNames.pipeline(useCase.name)}`)],
        currentPipelineExecutionStatus: ['Failed', 'Stopped'],
      },
    });
  }

  /** What is measured about deliveries: which version went live when, and for how long drift lasted. */
  private createDeliveryRules(notify: MooringFunction): void {
    const { useCase, foundation } = this.props;
    this.rule('WentLive', notify, {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: {
        bucket: { name: [foundation.artifactBucket.bucketName] },
        object: { key: [`${prefixes.live(useCase.name)}/${liveFiles.manifest}`] },
      },
    });
    if (driftRules(useCase).length === 0) return;
    this.rule('DriftEnded', notify, {
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      resources: [arn('cloudwatch', `alarm:${resourceNames.compositeAlarm(useCase.name)}`)],
      detail: { state: { value: ['OK'] }, previousState: { value: ['ALARM'] } },
    });
  }

  private rule(
    id: string,
    notify: MooringFunction,
    pattern: ConstructorParameters<typeof EventRule>[2]['pattern'],
  ): void {
    const name = id.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
    new EventRule(this, id, {
      ruleName: `${this.props.useCase.name}-${name}`,
      description: `News about ${this.props.useCase.name}: ${name.replaceAll('-', ' ')}`,
      pattern,
      target: notify.function,
      deadLetters: this.props.foundation.deadLetters,
    });
  }
}
