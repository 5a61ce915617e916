import { Annotations, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { lifeCycleStage, lifeCycleStatuses } from '../../contracts/records/deployment-record';
import { environment } from '../../contracts/environment';
import { ownSource } from '../../contracts/events';
import { type Approvals, deploySettings } from '../../contracts/function-settings';
import { resourceNames, type StageName } from '../../contracts/names';
import type { Stage, UseCase } from '@mooring/use-case/use-case';
import { arn } from '../config/arn';
import { allow } from '../config/grants';
import type { Foundation } from '../foundation/foundation-stack';
import { EventRule } from '../functions/event-rule';
import type { FunctionBundles } from '../functions/function-bundles';
import { MooringFunction } from '../functions/mooring-function';
import { PrebuiltImages } from '../training/images';
import { BatchScoring } from './batch-scoring';
import { createCaptureAlarm } from './capture-alarm';
import { createEndpointAlarms } from './endpoint-alarms';
import { createSaturationAlarms } from './saturation-alarms';
import { allowDeploying, createModelRole } from './serving-roles';
import { TrialFunction } from './trial-function';
import { newsTopicArn } from '../news/news-topic';

export interface ServingStackProps extends StackProps {
  readonly useCase: UseCase;
  readonly foundation: Foundation;
  readonly bundles: FunctionBundles;
  /** @default production */
  readonly stage?: StageName;
  /** @default registry in production; release in staging, where a release brings versions that nobody has approved yet */
  readonly approvals?: Approvals;
}

/**
 * Serving of one use case.
 *
 * Creates the deploy function with the rules that start its halves, the role of the models, and the alarms of the endpoint:
 * errors, latency, outage, missing capture, full instances. The endpoint itself belongs to the deploy function: it changes with every approved model, not with the stack.
 */
export class ServingStack extends Stack {
  readonly modelRole: iam.Role;
  readonly deploy: MooringFunction;
  private readonly endpointName: string;
  private readonly packageGroupName: string;
  private readonly images: PrebuiltImages;
  private readonly stageName: StageName;
  private readonly approvals: Approvals;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ServingStackProps,
  ) {
    super(scope, id, { description: `Mooring: serving of ${props.useCase.name}`, ...props });
    this.stageName = props.stage ?? 'production';
    this.approvals = props.approvals ?? (this.stageName === 'production' ? 'registry' : 'release');
    this.endpointName = resourceNames.endpoint(props.useCase.name, this.stageName);
    this.packageGroupName = resourceNames.packageGroup(props.useCase.name);
    this.images = new PrebuiltImages(this, 'Images');
    this.modelRole = this.createModelRole();
    this.deploy = this.createDeployFunction(this.modelRole);
    this.createApprovalRules(this.deploy);
    this.createTrialFunction();
    this.createBatch();
    this.createEndpointRule(this.deploy);
    this.createRollbackRule(this.deploy);
    createEndpointAlarms(this, {
      endpointName: this.endpointName,
      stage: this.stageSettings(),
      topic: props.foundation.topic,
    });
    if (this.stageSettings().serverless !== undefined) this.warnOfServerless();
    else this.createInstanceAlarms();
  }

  /** A stage that the use case does not describe is like production, but one instance that answers and changes at once. */
  private stageSettings(): Stage {
    const { staging, production } = this.props.useCase.stages;
    if (this.stageName === 'production') return production;
    const atOnce: Stage['shift'] = { type: 'all-at-once', bake: '1m' };
    return staging ?? { ...production, count: 1, shift: atOnce, autoscaling: undefined, async: undefined };
  }

  private createInstanceAlarms(): void {
    const { endpointName } = this;
    const { topic } = this.props.foundation;
    const { capture, instance } = this.stageSettings();
    if (capture > 0) createCaptureAlarm(this, endpointName, topic);
    createSaturationAlarms(this, { endpointName, instance, topic });
  }

  /** What a serverless endpoint does not do is said where somebody may still choose otherwise. */
  private warnOfServerless(): void {
    const { name, api } = this.props.useCase;
    const captured =
      api === undefined || this.stageName !== 'production' || this.stageSettings().capture === 0
        ? 'nothing is captured and nothing monitored'
        : 'requests through the front door are captured there; those to the endpoint itself are not';
    Annotations.of(this).addWarningV2(
      'mooring:serverless',
      `The ${this.stageName} endpoint of ${name} is serverless: new versions take over at once, without canary and alarms; the endpoint captures nothing: ${captured}.`,
    );
  }

  private createModelRole(): iam.Role {
    const { foundation, useCase } = this.props;
    return createModelRole(this, 'ModelRole', {
      foundation,
      useCase,
      images: this.images,
      endpointName: this.endpointName,
      stageName: this.stageName,
      stage: this.stageSettings(),
    });
  }

  private createDeployFunction(modelRole: iam.Role): MooringFunction {
    const { foundation, useCase, bundles } = this.props;
    const stage = this.stageSettings();
    const deploy = new MooringFunction(this, 'Deploy', {
      code: 'deploy',
      functionName: resourceNames.deployFunction(useCase.name, this.stageName),
      description: `Brings approved models of ${useCase.name} to its endpoint`,
      bundles,
      key: foundation.key,
      network: useCase.network,
      deadLetters: foundation.deadLetters,
      topic: foundation.topic,
      timeout: Duration.minutes(5),
      environment: {
        [environment.useCase]: useCase.name,
        [environment.stage]: this.stageName,
        [environment.endpointName]: this.endpointName,
        [environment.packageGroup]: this.packageGroupName,
        [environment.executionRoleArn]: modelRole.roleArn,
        [environment.kmsKeyArn]: foundation.key.keyArn,
        [environment.topicArn]: newsTopicArn(useCase.name),
        [environment.dataBucket]: foundation.dataBucket.bucketName,
        [environment.artifactBucket]: foundation.artifactBucket.bucketName,
        [environment.settings]: JSON.stringify(deploySettings(useCase, stage, this.approvals)),
      },
    });
    allowDeploying({
      role: deploy.role,
      modelRole,
      foundation,
      useCase,
      images: this.images,
      endpointName: this.endpointName,
      packageGroupName: this.packageGroupName,
      stageName: this.stageName,
      stage,
    });
    return deploy;
  }

  /** Compares approved versions with the live one; the deploy function hands them over, and gets back what won. */
  private createTrialFunction(): void {
    const { useCase, foundation, bundles } = this.props;
    const stage = this.stageSettings();
    if (this.stageName !== 'production' || stage.trial === undefined) return;
    new TrialFunction(this, 'Trial', { useCase, stage, foundation, bundles, modelRole: this.modelRole });
    allow(
      this.deploy.role,
      'HandOver',
      ['lambda:InvokeFunction'],
      [arn('lambda', `function:${resourceNames.trialFunction(useCase.name)}`)],
    );
  }

  /** Files are scored by what serves in production. */
  private createBatch(): void {
    const { useCase, foundation, bundles } = this.props;
    const { modelRole } = this;
    if (this.stageName !== 'production' || useCase.batch === undefined) return;
    new BatchScoring(this, 'BatchScoring', { useCase, batch: useCase.batch, foundation, bundles, modelRole });
  }

  /** Approvals come as events of the registry, except from a release, which calls the function itself. */
  private createApprovalRules(deploy: MooringFunction): void {
    const { useCase } = this.props;
    const group = { ModelPackageGroupName: [this.packageGroupName] };
    const automatic = this.stageSettings().approval === 'auto';
    if (this.approvals === 'life-cycle') this.createLifeCycleRule(deploy, group);
    if (this.approvals !== 'registry') return;
    if (this.stageName === 'production' || !automatic)
      this.registryRule('Approved', deploy, `A version of ${useCase.name} was approved`, {
        ...group,
        ModelApprovalStatus: ['Approved'],
        // Other changes of an approved version send the event too, and must not deploy it again.
        UpdatedModelPackageFields: ['ModelApprovalStatus'],
      });
    if (!automatic) return;
    const created = { ...group, UpdatedModelPackageFields: [{ exists: false }] };
    if (this.stageName === 'production')
      this.registryRule('RegisteredApproved', deploy, `A version of ${useCase.name} was registered as approved`, {
        ...created,
        ModelApprovalStatus: ['Approved'],
      });
    // Staging is where a version is judged: it needs no approval before.
    else this.registryRule('Registered', deploy, `A version of ${useCase.name} was registered`, created);
  }

  private createLifeCycleRule(deploy: MooringFunction, group: Record<string, unknown[]>): void {
    const { useCase } = this.props;
    this.registryRule('LifeCycleApproved', deploy, `A version of ${useCase.name} was approved for ${this.stageName}`, {
      ...group,
      UpdatedModelPackageFields: ['ModelLifeCycle'],
      ModelLifeCycle: { Stage: [lifeCycleStage(this.stageName)], StageStatus: [lifeCycleStatuses.approved] },
    });
  }

  private registryRule(
    id: string,
    deploy: MooringFunction,
    description: string,
    detail: Record<string, unknown>,
  ): void {
    this.rule(id, deploy, { description, detailType: 'SageMaker Model Package State Change', detail });
  }

  private createEndpointRule(deploy: MooringFunction): void {
    this.rule('EndpointState', deploy, {
      description: `The endpoint of ${this.props.useCase.name} changed its state`,
      detailType: 'SageMaker Endpoint State Change',
      detail: {
        EndpointName: [this.endpointName],
        EndpointStatus: ['IN_SERVICE', 'FAILED', 'OUT_OF_SERVICE', 'UPDATE_ROLLBACK_FAILED', 'DELETED'],
      },
    });
  }

  /** `mooring rollback` sends this event, and so may anybody who may put events on the default bus. */
  private createRollbackRule(deploy: MooringFunction): void {
    const { useCase } = this.props;
    this.rule('RollbackRequest', deploy, {
      description: `The previous version of ${useCase.name} is wanted`,
      source: ownSource,
      detailType: 'Mooring Rollback Request',
      detail: { useCase: [useCase.name], stage: [this.stageName] },
    });
  }

  private rule(
    id: string,
    target: MooringFunction,
    {
      description,
      source = 'aws.sagemaker',
      detailType,
      detail,
    }: {
      readonly description: string;
      readonly source?: string;
      readonly detailType: string;
      readonly detail: Record<string, unknown>;
    },
  ): void {
    new EventRule(this, id, {
      ruleName: `${this.props.useCase.name}-${this.stageName === 'production' ? '' : `${this.stageName}-`}${id.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`,
      description,
      pattern: { source: [source], detailType: [detailType], detail },
      target: target.function,
      deadLetters: this.props.foundation.deadLetters,
    });
  }
}
