import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelPackageCommand,
  ListEndpointConfigsCommand,
  ListModelsCommand,
  SageMakerClient,
  SageMakerServiceException,
  UpdateEndpointCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { mockClient } from 'aws-sdk-client-mock';

const refuse = (message: string): never => {
  throw new SageMakerServiceException({ name: 'ValidationException', $fault: 'client', $metadata: {}, message });
};

/** One endpoint as SageMaker keeps it: it moves when told to, and arrives when the test says so. */
export class FakeEndpoint {
  readonly client = new SageMakerClient({ region: 'eu-west-1' });
  readonly mock = mockClient(this.client);
  readonly configs: string[] = [];
  private readonly variants = new Map<string, readonly unknown[]>();
  readonly models: string[] = [];
  readonly lifeCycles: { readonly package: string; readonly status: string }[] = [];
  approval = 'Approved';
  status?: 'Creating' | 'InService' | 'Updating' | 'Failed';
  live?: string;
  pending?: string;

  constructor() {
    const { mock } = this;
    mock.on(DescribeModelPackageCommand).callsFake(({ ModelPackageName: arn }: { ModelPackageName: string }) => ({
      ModelPackageArn: arn,
      ModelPackageVersion: Number(arn.split('/').at(-1)),
      ModelApprovalStatus: this.approval,
      LastModifiedBy: { IamIdentity: { Arn: 'arn:aws:iam::111122223333:user/ann' } },
      CustomerMetadataProperties: {
        pipeline_execution_arn: 'arn:aws:sagemaker:eu-west-1:111122223333:pipeline/loans-pipeline/execution/run1',
        git_commit: 'abc',
        prediction_statistics_uri:
          's3://artifacts/loans/executions/run1/ModelQuality/baseline/prediction_statistics.json',
      },
      DriftCheckBaselines: {
        ModelDataQuality: {
          Statistics: { S3Uri: 's3://artifacts/loans/executions/run1/DataQuality/baseline/statistics.json' },
        },
      },
    }));
    mock
      .on(UpdateModelPackageCommand)
      .callsFake((input: { ModelPackageArn: string; ModelLifeCycle: { StageStatus: string } }) => {
        this.lifeCycles.push({ package: input.ModelPackageArn, status: input.ModelLifeCycle.StageStatus });
        return {};
      });
    mock
      .on(CreateModelCommand)
      .callsFake(({ ModelName }: { ModelName: string }) => this.create(this.models, ModelName));
    mock
      .on(CreateEndpointConfigCommand)
      .callsFake((input: { EndpointConfigName: string; ProductionVariants: readonly unknown[] }) => {
        this.variants.set(input.EndpointConfigName, input.ProductionVariants);
        return this.create(this.configs, input.EndpointConfigName);
      });
    mock
      .on(DescribeEndpointConfigCommand)
      .callsFake(({ EndpointConfigName: name }: { EndpointConfigName: string }) =>
        this.configs.includes(name)
          ? { EndpointConfigName: name, ProductionVariants: this.variants.get(name) }
          : refuse(`Could not find endpoint configuration "${name}".`),
      );
    mock
      .on(DeleteModelCommand)
      .callsFake(({ ModelName }: { ModelName: string }) => this.remove(this.models, ModelName));
    mock
      .on(DeleteEndpointConfigCommand)
      .callsFake(({ EndpointConfigName }: { EndpointConfigName: string }) =>
        this.remove(this.configs, EndpointConfigName),
      );
    mock.on(ListEndpointConfigsCommand).callsFake(() => ({
      EndpointConfigs: [...this.configs].reverse().map((EndpointConfigName) => ({ EndpointConfigName })),
    }));
    mock.on(ListModelsCommand).callsFake(() => ({ Models: this.models.map((ModelName) => ({ ModelName })) }));
    mock.on(DescribeEndpointCommand).callsFake(() =>
      this.status === undefined
        ? refuse('Could not find endpoint "loans-endpoint".')
        : {
            EndpointStatus: this.status,
            EndpointConfigName: this.live ?? this.pending,
            PendingDeploymentSummary: this.pending === undefined ? undefined : { EndpointConfigName: this.pending },
          },
    );
    mock.on(CreateEndpointCommand).callsFake(({ EndpointConfigName }: { EndpointConfigName: string }) => {
      if (this.status !== undefined) refuse('Cannot create already existing endpoint');
      [this.status, this.pending] = ['Creating', EndpointConfigName];
      return {};
    });
    mock.on(UpdateEndpointCommand).callsFake(({ EndpointConfigName }: { EndpointConfigName: string }) => {
      if (this.status !== 'InService') refuse('Cannot update in-progress endpoint');
      [this.status, this.pending] = ['Updating', EndpointConfigName];
      return {};
    });
    mock.on(DeleteEndpointCommand).callsFake(() => {
      [this.status, this.live, this.pending] = [undefined, undefined, undefined];
      return {};
    });
  }

  /** The deployment under way succeeds. */
  arrive(): void {
    [this.status, this.live, this.pending] = ['InService', this.pending ?? this.live, undefined];
  }

  /** The deployment under way is rolled back. */
  rollBack(): void {
    [this.status, this.pending] = ['InService', undefined];
  }

  private create(names: string[], name: string): object {
    if (names.includes(name)) refuse(`Cannot create already existing "${name}".`);
    names.push(name);
    return {};
  }

  private remove(names: string[], name: string): object {
    if (names.includes(name)) names.splice(names.indexOf(name), 1);
    return {};
  }
}
