import type {
  CreateModelInput,
  CreateModelPackageInput,
  DescribeModelOutput,
  DescribeModelPackageOutput,
} from '@aws-sdk/client-sagemaker';
import type { Argument, Expression } from '../expression';
import type { RetryPolicy } from '../policy';
import type { StepOptions } from '../step';
import { Step } from '../step';

/** CreateModel without the name. */
export type ModelArguments = Argument<Omit<CreateModelInput, 'ModelName'>>;
/** CreateModelPackage without the name and the two members that SageMaker sets itself. */
export type RegisterModelArguments = Argument<
  Omit<CreateModelPackageInput, 'ModelPackageName' | 'CertifyForMarketplace' | 'ModelPackageDescription'>
>;

export interface ModelOptions extends StepOptions {
  readonly arguments: ModelArguments;
  readonly retry?: readonly RetryPolicy[];
}

export interface RegisterModelOptions extends StepOptions {
  readonly arguments: RegisterModelArguments;
  readonly retry?: readonly RetryPolicy[];
}

/** Creates a model that Transform steps and endpoints can use. */
export class ModelStep extends Step<DescribeModelOutput> {
  readonly type = 'Model';

  constructor(
    name: string,
    private readonly model: ModelOptions,
  ) {
    super(name, model);
  }

  /** The name that SageMaker gave the model. */
  get modelName(): Expression<string> {
    return this.properties.ModelName;
  }

  protected arguments(): unknown {
    return this.model.arguments;
  }
}

/** Registers a model version in a model package group. */
export class RegisterModelStep extends Step<DescribeModelPackageOutput> {
  readonly type = 'RegisterModel';

  constructor(
    name: string,
    private readonly registration: RegisterModelOptions,
  ) {
    super(name, registration);
  }

  /** The ARN of the new version. */
  get modelPackageArn(): Expression<string> {
    return this.properties.ModelPackageArn;
  }

  protected arguments(): unknown {
    return this.registration.arguments;
  }
}
