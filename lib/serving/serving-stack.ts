import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { environment } from '../../contracts/environment';
import { deploySettings } from '../../contracts/function-settings';
import { resourceNames, type StageName } from '../../contracts/names';
import type { Stage, UseCase } from '../../contracts/use-case';
import type { Foundation } from '../foundation/foundation-stack';
import { EventRule } from '../functions/event-rule';
import type { FunctionBundles } from '../functions/function-bundles';
import { MooringFunction } from '../functions/mooring-function';
import { PrebuiltImages } from '../training/images';
import { allowDeploying, createModelRole } from './serving-roles';

export interface ServingStackProps extends StackProps {
  readonly useCase: UseCase;
  readonly foundation: Foundation;
  readonly bundles: FunctionBundles;
  /** @default production */
  readonly stage?: StageName;
}

/**
 * Serving of one use case.
 *
 * Creates the deploy function with the two rules that start its halves, and the role of the models. The endpoint itself
 * belongs to the deploy function: it changes with every approved model, not with the stack.
 */
export class ServingStack extends Stack {
  readonly modelRole: iam.Role;
  readonly deploy: MooringFunction;
  private readonly endpointName: string;
  private readonly packageGroupName: string;
  private readonly images: PrebuiltImages;
  private readonly stageName: StageName;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ServingStackProps,
  ) {
    super(scope, id, { description: `Mooring: serving of ${props.useCase.name}`, ...props });
    this.stageName = props.stage ?? 'production';
    this.endpointName = resourceNames.endpoint(props.useCase.name, this.stageName);
    this.packageGroupName = resourceNames.packageGroup(props.useCase.name);
    this.images = new PrebuiltImages(this, 'Images');
    this.modelRole = this.createModelRole();
    this.deploy = this.createDeployFunction(this.modelRole);
    this.createApprovalRules(this.deploy);
    this.createEndpointRule(this.deploy);
  }

  /** A stage that the use case does not describe is like production, but one instance that changes at once. */
  private stageSettings(): Stage {
    const { staging, production } = this.props.useCase.stages;
    if (this.stageName === 'production') return production;
    return staging ?? { ...production, count: 1, shift: { type: 'all-at-once', bake: '1m' }, autoscaling: undefined };
  }

  private createModelRole(): iam.Role {
    const { foundation, useCase } = this.props;
    return createModelRole(this, 'ModelRole', {
      foundation,
      useCase,
      images: this.images,
      endpointName: this.endpointName,
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
        [environment.topicArn]: foundation.topic.topicArn,
        [environment.dataBucket]: foundation.dataBucket.bucketName,
        [environment.artifactBucket]: foundation.artifactBucket.bucketName,
        [environment.settings]: JSON.stringify(deploySettings(useCase, stage)),
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

  /** Only production follows approvals; to other stages the release brings versions that nobody has approved yet. */
  private createApprovalRules(deploy: MooringFunction): void {
    const { useCase } = this.props;
    if (this.stageName !== 'production') return;
    const detail = { ModelPackageGroupName: [this.packageGroupName], ModelApprovalStatus: ['Approved'] };
    this.rule('Approved', deploy, {
      description: `A version of ${useCase.name} was approved`,
      detailType: 'SageMaker Model Package State Change',
      // Other changes of an approved version send the event too, and must not deploy it again.
      detail: { ...detail, UpdatedModelPackageFields: ['ModelApprovalStatus'] },
    });
    if (useCase.stages.production.approval !== 'auto') return;
    this.rule('RegisteredApproved', deploy, {
      description: `A version of ${useCase.name} was registered as approved`,
      detailType: 'SageMaker Model Package State Change',
      detail: { ...detail, UpdatedModelPackageFields: [{ exists: false }] },
    });
  }

  private createEndpointRule(deploy: MooringFunction): void {
    this.rule('EndpointState', deploy, {
      description: `The endpoint of ${this.props.useCase.name} changed its state`,
      detailType: 'SageMaker Endpoint State Change',
      detail: {
        EndpointName: [this.endpointName],
        EndpointStatus: ['IN_SERVICE', 'FAILED', 'UPDATE_ROLLBACK_FAILED', 'DELETED'],
      },
    });
  }

  private rule(
    id: string,
    target: MooringFunction,
    {
      description,
      detailType,
      detail,
    }: { readonly description: string; readonly detailType: string; readonly detail: Record<string, unknown[]> },
  ): void {
    new EventRule(this, id, {
      ruleName: `${this.props.useCase.name}-${this.stageName === 'production' ? '' : `${this.stageName}-`}${id.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`,
      description,
      pattern: { source: ['aws.sagemaker'], detailType: [detailType], detail },
      target: target.function,
      deadLetters: this.props.foundation.deadLetters,
    });
  }
}
