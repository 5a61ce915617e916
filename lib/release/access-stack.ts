import { Aws, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { parameterNames, prefixes, resourceNames, stackNames, type StageName } from '../../contracts/names';
import { releaseNames } from '../../contracts/release';
import type { UseCase } from '@mooring/use-case/use-case';
import { arn } from '../config/arn';
import { allow, allowRead, allowWrite } from '../config/grants';
import { type Foundation, FoundationStack } from '../foundation/foundation-stack';
import { importFoundation, type FoundationExports } from './shared-foundation';

export interface AccessStackProps extends StackProps {
  readonly stage: StageName;
  readonly useCases: readonly UseCase[];
  /** The stage's own foundation, or the exports of the one it shares. */
  readonly foundation: Foundation | FoundationExports;
  /** Account of the release pipeline; default: this one. */
  readonly toolingAccount?: string;
}

const isExports = (foundation: Foundation | FoundationExports): foundation is FoundationExports =>
  typeof foundation.key === 'string';

/** What the release pipeline's steps may do in a stage: a role that only those steps can assume. */
export class AccessStack extends Stack {
  readonly foundation: Foundation;
  readonly role: iam.Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AccessStackProps,
  ) {
    super(scope, id, { description: `Mooring: what a release may do in ${props.stage}`, ...props });
    const { foundation } = props;
    this.foundation = isExports(foundation) ? importFoundation(this, foundation) : foundation;
    if (foundation instanceof FoundationStack) this.addStackDependency(foundation);
    this.role = this.createRole();
    this.allowReading();
    for (const useCase of props.useCases) this.allowServing(useCase.name);
    if (props.stage === 'staging') this.allowTraining();
  }

  private createRole(): iam.Role {
    const account = this.props.toolingAccount ?? Aws.ACCOUNT_ID;
    return new iam.Role(this, 'Role', {
      roleName: releaseNames.stageRole(this.props.stage),
      description: `Steps of releases that work in ${this.props.stage}`,
      assumedBy: new iam.ArnPrincipal(`arn:${Aws.PARTITION}:iam::${account}:role/${releaseNames.stepsRole}`),
    });
  }

  private allowReading(): void {
    const { useCases, stage } = this.props;
    const { role, foundation } = this;
    const names = useCases.map((each) => each.name);
    allow(
      role,
      'Parameters',
      ['ssm:GetParameters'],
      Object.values(parameterNames).map((name) => arn('ssm', `parameter${name}`)),
    );
    allowRead(role, 'Artifacts', foundation.artifactBucket, [
      ...names.flatMap((name) => [
        prefixes.executions(name),
        prefixes.live(name, stage),
        prefixes.markers(name),
        `${name}/releases`,
      ]),
    ]);
    allowWrite(
      role,
      'Records',
      foundation.artifactBucket,
      names.flatMap((name) => [`${name}/releases`, prefixes.tests(name)]),
    );
    allow(role, 'Key', ['kms:Decrypt', 'kms:GenerateDataKey'], [foundation.key.keyArn]);
    allow(
      role,
      'Templates',
      ['cloudformation:GetTemplate'],
      [
        ...names.flatMap((name) => [
          stackNames.training(name),
          stackNames.serving(name, stage),
          stackNames.monitoring(name),
          stackNames.retraining(name),
        ]),
        stackNames.foundation,
        releaseNames.accessStack(stage),
      ].map((name) => arn('cloudformation', `stack/${name}/*`)),
      { because: 'the last part of a stack ARN is generated' },
    );
  }

  private allowServing(name: string): void {
    const { stage } = this.props;
    const sid = name.replaceAll('-', '');
    allow(
      this.role,
      `Endpoint${sid}`,
      ['sagemaker:DescribeEndpoint', 'sagemaker:InvokeEndpoint'],
      [arn('sagemaker', `endpoint/${resourceNames.endpoint(name, stage)}`)],
    );
    allow(
      this.role,
      `Deploy${sid}`,
      ['lambda:InvokeFunction'],
      [arn('lambda', `function:${resourceNames.deployFunction(name, stage)}`)],
    );
  }

  private allowTraining(): void {
    const names = this.props.useCases.map((each) => each.name);
    const { role, foundation } = this;
    const pipelines = names.map((name) => arn('sagemaker', `pipeline/${resourceNames.pipeline(name)}`));
    const because = 'executions and versions get their ids when they are made, inside the own pipeline and group';
    allow(role, 'StartPipelines', ['sagemaker:StartPipelineExecution'], pipelines);
    allow(
      role,
      'FollowPipelines',
      [
        'sagemaker:DescribePipelineExecution',
        'sagemaker:ListPipelineExecutionSteps',
        'sagemaker:ListPipelineParametersForExecution',
        'sagemaker:StopPipelineExecution',
      ],
      pipelines.map((each) => `${each}/execution/*`),
      { because },
    );
    allow(role, 'ListVersions', ['sagemaker:ListModelPackages'], ['*'], {
      because: 'the action knows no resource; the steps ask for the groups of this application',
    });
    allow(
      role,
      'Versions',
      ['sagemaker:DescribeModelPackage', 'sagemaker:UpdateModelPackage'],
      names.map((name) => arn('sagemaker', `model-package/${resourceNames.packageGroup(name)}/*`)),
      { because },
    );
    allowRead(role, 'Data', foundation.dataBucket, names);
    allow(
      role,
      'DataVersions',
      ['s3:GetObjectVersion'],
      names.map((name) => foundation.dataBucket.arnForObjects(`${prefixes.raw(name)}/*`)),
      { because: 'a release that is repeated reads the versions of the data that it was made of' },
    );
    allowWrite(
      role,
      'Snapshots',
      foundation.dataBucket,
      names.map((name) => `${name}/releases`),
    );
  }
}
