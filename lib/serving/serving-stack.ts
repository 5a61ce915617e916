import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { environment } from '../../contracts/environment';
import { deploySettings } from '../../contracts/function-settings';
import { resourceNames } from '../../contracts/names';
import type { UseCase } from '../../contracts/use-case';
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
}

/**
 * Serving of one use case.
 *
 * Creates the deploy function with the two rules that start its halves, and the role of the models. The endpoint itself
 * belongs to the deploy function: it changes with every approved model, not with the stack.
 */
export class ServingStack extends Stack {
  private readonly endpointName: string;
  private readonly packageGroupName: string;
  private readonly images: PrebuiltImages;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ServingStackProps,
  ) {
    super(scope, id, { description: `Mooring: serving of ${props.useCase.name}`, ...props });
    this.endpointName = resourceNames.endpoint(props.useCase.name);
    this.packageGroupName = resourceNames.packageGroup(props.useCase.name);
    this.images = new PrebuiltImages(this, 'Images');
    const modelRole = this.createModelRole();
    const deploy = this.createDeployFunction(modelRole);
    this.createApprovalRules(deploy);
    this.createEndpointRule(deploy);
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
    const stage = useCase.stages.production;
    const deploy = new MooringFunction(this, 'Deploy', {
      code: 'deploy',
      functionName: resourceNames.deployFunction(useCase.name),
      description: `Brings approved models of ${useCase.name} to its endpoint`,
      bundles,
      deadLetters: foundation.deadLetters,
      topic: foundation.topic,
      timeout: Duration.minutes(5),
      environment: {
        [environment.useCase]: useCase.name,
        [environment.stage]: 'production',
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
      stageName: 'production',
      stage,
    });
    return deploy;
  }

  private createApprovalRules(deploy: MooringFunction): void {
    const { useCase } = this.props;
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
      ruleName: `${this.props.useCase.name}-${id.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`,
      description,
      pattern: { source: ['aws.sagemaker'], detailType: [detailType], detail },
      target: target.function,
      deadLetters: this.props.foundation.deadLetters,
    });
  }
}
