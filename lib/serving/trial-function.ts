import { Duration } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { environment } from '../../contracts/environment';
import { modelNetwork } from '../../contracts/function-settings';
import { ownSource } from '../../contracts/events';
import { prefixes, resourceNames } from '../../contracts/names';
import { trialSettings } from '../../contracts/records/trial';
import type { Stage, UseCase } from '@mooring/use-case/use-case';
import { arn } from '../config/arn';
import { allow, allowKey, allowPassToSageMaker, allowRead, allowVolumes, allowWrite } from '../config/grants';
import type { Foundation } from '../foundation/foundation-stack';
import { EventRule } from '../functions/event-rule';
import type { FunctionBundles } from '../functions/function-bundles';
import { MooringFunction } from '../functions/mooring-function';
import { newsTopicArn } from '../news/news-topic';

export interface TrialFunctionProps {
  readonly useCase: UseCase;
  /** Production's settings; they hold a trial. */
  readonly stage: Stage;
  readonly foundation: Foundation;
  readonly bundles: FunctionBundles;
  readonly modelRole: iam.Role;
}

/**
 * Puts approved versions on trial beside the live one. The deploy function gives it the approvals that it accepted, and
 * gets back what won its trial.
 */
export class TrialFunction extends Construct {
  readonly function: MooringFunction;
  private readonly endpointName: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TrialFunctionProps,
  ) {
    super(scope, id);
    this.endpointName = resourceNames.endpoint(props.useCase.name);
    this.function = this.createFunction();
    this.allowVariants(this.function.role);
    this.allowRecords(this.function.role);
    this.createEndpointRule();
    this.createDecisionRule();
    this.createAlarmRule();
  }

  private createFunction(): MooringFunction {
    const { useCase, stage, foundation, bundles, modelRole } = this.props;
    return new MooringFunction(this, 'Trial', {
      code: 'trial',
      functionName: resourceNames.trialFunction(useCase.name),
      description: `Puts approved models of ${useCase.name} on trial`,
      bundles,
      key: foundation.key,
      network: useCase.network,
      deadLetters: foundation.deadLetters,
      topic: foundation.topic,
      timeout: Duration.minutes(2),
      environment: {
        [environment.useCase]: useCase.name,
        [environment.stage]: 'production',
        [environment.endpointName]: this.endpointName,
        [environment.executionRoleArn]: modelRole.roleArn,
        [environment.kmsKeyArn]: foundation.key.keyArn,
        [environment.topicArn]: newsTopicArn(useCase.name),
        [environment.dataBucket]: foundation.dataBucket.bucketName,
        [environment.artifactBucket]: foundation.artifactBucket.bucketName,
        [environment.settings]: JSON.stringify(trialSettings(stage, modelNetwork(useCase))),
      },
    });
  }

  private allowVariants(role: iam.Role): void {
    const { useCase, modelRole } = this.props;
    const because = 'each trial has its own, named after the endpoint and the version';
    const made = (type: string): string => arn('sagemaker', `${type}/${this.endpointName}-trial-v*`);
    allow(
      role,
      'Configurations',
      ['CreateModel', 'DeleteModel', 'CreateEndpointConfig', 'DeleteEndpointConfig', 'AddTags'].map(
        (action) => `sagemaker:${action}`,
      ),
      [made('model'), made('endpoint-config')],
      { because },
    );
    allow(
      role,
      'Endpoint',
      ['sagemaker:UpdateEndpoint', 'sagemaker:DescribeEndpoint'],
      [
        arn('sagemaker', `endpoint/${this.endpointName}`),
        made('endpoint-config'),
        arn('sagemaker', `endpoint-config/${this.endpointName}-v*`),
      ],
      { because: `${because}; afterwards the endpoint goes back to the live version's` },
    );
    allow(
      role,
      'Champion',
      ['sagemaker:DescribeEndpointConfig'],
      [arn('sagemaker', `endpoint-config/${this.endpointName}-v*`)],
      { because: 'each deployed version has its own, named after the endpoint and the version' },
    );
    allow(
      role,
      'Versions',
      ['sagemaker:DescribeModelPackage', 'sagemaker:UpdateModelPackage'],
      [arn('sagemaker', `model-package/${resourceNames.packageGroup(useCase.name)}/*`)],
      { because: 'versions are numbered by the registry, inside the own group' },
    );
    allow(
      role,
      'Alarms',
      ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'],
      [arn('cloudwatch', `alarm:${this.endpointName}-trial-v*`)],
      { because },
    );
    allowPassToSageMaker(role, modelRole);
    allowVolumes(role, this.props.foundation.key);
  }

  private allowRecords(role: iam.Role): void {
    const { useCase, foundation } = this.props;
    const { name } = useCase;
    allowRead(role, 'Records', foundation.artifactBucket, [prefixes.live(name), prefixes.markers(name)]);
    allowWrite(role, 'Records', foundation.artifactBucket, [prefixes.live(name), prefixes.markers(name)]);
    allow(role, 'Publish', ['sns:Publish'], [newsTopicArn(useCase.name)]);
    allow(
      role,
      'HandOver',
      ['lambda:InvokeFunction'],
      [arn('lambda', `function:${resourceNames.deployFunction(name)}`)],
    );
    allowKey(role, foundation.key);
  }

  private createEndpointRule(): void {
    this.rule('TrialEndpoint', {
      description: 'The endpoint of a trial changed its state',
      source: 'aws.sagemaker',
      detailType: 'SageMaker Endpoint State Change',
      detail: { EndpointName: [this.endpointName], EndpointStatus: ['IN_SERVICE'] },
    });
  }

  private createDecisionRule(): void {
    this.rule('TrialDecision', {
      description: 'A trial was decided',
      source: ownSource,
      detailType: 'Mooring Trial Decision',
      detail: { useCase: [this.props.useCase.name], stage: ['production'] },
    });
  }

  private createAlarmRule(): void {
    this.rule('TrialAlarm', {
      description: 'A version on trial fails',
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      detail: { alarmName: [{ prefix: `${this.endpointName}-trial-` }], state: { value: ['ALARM'] } },
    });
  }

  private rule(
    id: string,
    given: {
      readonly description: string;
      readonly source: string;
      readonly detailType: string;
      readonly detail: Record<string, unknown>;
    },
  ): void {
    const { description, source, detailType, detail } = given;
    const kebab = id.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
    new EventRule(this, id, {
      ruleName: `${this.props.useCase.name}-${kebab}`,
      description,
      pattern: { source: [source], detailType: [detailType], detail },
      target: this.function.function,
      deadLetters: this.props.foundation.deadLetters,
    });
  }
}
