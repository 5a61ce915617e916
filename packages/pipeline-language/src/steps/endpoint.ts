import type {
  CreateEndpointConfigInput,
  CreateEndpointInput,
  DescribeEndpointConfigOutput,
  DescribeEndpointOutput,
} from '@aws-sdk/client-sagemaker';
import type { Argument, Expression } from '../expression';
import type { CacheableOptions, JobOptions } from '../step';
import { Step } from '../step';

/** CreateEndpointConfig; without a name the step's name is used, and SageMaker appends to either what makes it unique. */
export type EndpointConfigArguments = Argument<Omit<CreateEndpointConfigInput, 'EndpointConfigName'>> & {
  readonly EndpointConfigName?: string | Expression<string>;
};
/** CreateEndpoint. */
export type EndpointArguments = Argument<Omit<CreateEndpointInput, 'EndpointName'>> & {
  readonly EndpointName?: string | Expression<string>;
};

export interface EndpointConfigOptions extends JobOptions {
  readonly arguments: EndpointConfigArguments;
}

export interface EndpointOptions extends CacheableOptions {
  readonly arguments: EndpointArguments;
}

/** Describes the machines and variants of an endpoint. */
export class EndpointConfigStep extends Step<DescribeEndpointConfigOutput> {
  readonly type = 'EndpointConfig';

  constructor(
    name: string,
    private readonly config: EndpointConfigOptions,
  ) {
    super(name, config);
  }

  /** The name that SageMaker gave the configuration: refer to this, not to the name that was asked for. */
  get endpointConfigName(): Expression<string> {
    return this.properties.EndpointConfigName;
  }

  protected arguments(): unknown {
    return this.config.arguments;
  }
}

/** Serves a configuration. */
export class EndpointStep extends Step<DescribeEndpointOutput> {
  readonly type = 'Endpoint';

  constructor(
    name: string,
    private readonly endpoint: EndpointOptions,
  ) {
    super(name, endpoint);
  }

  /** The name of the endpoint. */
  get endpointName(): Expression<string> {
    return this.properties.EndpointName;
  }

  protected arguments(): unknown {
    return this.endpoint.arguments;
  }
}
