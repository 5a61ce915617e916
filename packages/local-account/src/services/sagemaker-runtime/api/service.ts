import { AwsError } from '../../../core/errors';
import { optionalText, text } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { AwsService, Body, Operation, Permission, Route } from '../../../core/service';
import type { Hosting } from '../../sagemaker';

/** Limits of the service: 6 MB for real-time endpoints, 4 MB for serverless ones. */
const limit = 6 * 1024 * 1024;
const serverlessLimit = 4 * 1024 * 1024;

const requestHeaders = {
  ContentType: 'content-type',
  Accept: 'accept',
  CustomAttributes: 'x-amzn-sagemaker-custom-attributes',
  TargetModel: 'x-amzn-sagemaker-target-model',
  TargetVariant: 'x-amzn-sagemaker-target-variant',
  TargetContainerHostname: 'x-amzn-sagemaker-target-container-hostname',
  InferenceId: 'x-amzn-sagemaker-inference-id',
  EnableExplanations: 'x-amzn-sagemaker-enable-explanations',
  InferenceComponentName: 'x-amzn-sagemaker-inference-component',
  SessionId: 'x-amzn-sagemaker-session-id',
};

/** SageMaker Runtime: InvokeEndpoint and InvokeEndpointAsync. */
export class SageMakerRuntime implements AwsService {
  readonly signingName = 'sagemaker';
  readonly maxBodyBytes = 2 * limit;
  readonly routes: readonly Route[] = [
    {
      method: 'POST',
      path: '/endpoints/{EndpointName}/invocations',
      operation: 'InvokeEndpoint',
      headers: requestHeaders,
      payload: 'Body',
      responsePayload: 'Body',
      responseHeaders: {
        ContentType: 'Content-Type',
        InvokedProductionVariant: 'x-Amzn-Invoked-Production-Variant',
        CustomAttributes: 'X-Amzn-SageMaker-Custom-Attributes',
      },
    },
    {
      method: 'POST',
      path: '/endpoints/{EndpointName}/async-invocations',
      operation: 'InvokeEndpointAsync',
      headers: {
        ContentType: 'x-amzn-sagemaker-content-type',
        Accept: 'x-amzn-sagemaker-accept',
        CustomAttributes: 'x-amzn-sagemaker-custom-attributes',
        InferenceId: 'x-amzn-sagemaker-inference-id',
        InputLocation: 'x-amzn-sagemaker-inputlocation',
        RequestTTLSeconds: 'x-amzn-sagemaker-requestttlseconds',
        InvocationTimeoutSeconds: 'x-amzn-sagemaker-invocationtimeoutseconds',
      },
      payload: 'Body',
      responseHeaders: {
        OutputLocation: 'x-amzn-sagemaker-outputlocation',
        FailureLocation: 'x-amzn-sagemaker-failurelocation',
      },
      status: 202,
    },
  ];
  readonly operations: Readonly<Record<string, Operation>> = {
    InvokeEndpoint: (input) => this.invoke(input),
    InvokeEndpointAsync: (input) => this.hosting().asynchronous.invoke(this.endpointOf(input), input),
  };

  constructor(
    private readonly account: AccountParts,
    private readonly hosting: () => Hosting,
  ) {}

  permissions(operation: string, input: Body): readonly Permission[] {
    return [
      {
        action: `sagemaker:${operation}`,
        resource: this.account.arn('sagemaker', `endpoint/${optionalText(input, 'EndpointName') ?? ''}`),
      },
    ];
  }

  private async invoke(input: Body): Promise<Body> {
    const endpoint = this.endpointOf(input);
    for (const name of [
      'TargetModel',
      'TargetContainerHostname',
      'EnableExplanations',
      'InferenceComponentName',
      'SessionId',
    ]) {
      if (input[name] !== undefined)
        throw new AwsError('ValidationError', `the local account does not support ${name} of InvokeEndpoint`);
    }
    if (endpoint['AsyncInferenceConfig'] !== undefined)
      throw new AwsError(
        'ValidationError',
        `Endpoint ${text(input, 'EndpointName')} is asynchronous: call InvokeEndpointAsync.`,
      );
    const payload =
      input['Body'] instanceof Uint8Array ? Buffer.from(input['Body']) : Buffer.from(String(input['Body'] ?? ''));
    const variants = endpoint['ProductionVariants'] as readonly Body[] | undefined;
    const most =
      variants?.some((each) => each['CurrentServerlessConfig'] !== undefined) === true ? serverlessLimit : limit;
    if (payload.length > most)
      throw new AwsError(
        'ValidationError',
        `Request size ${payload.length} bytes is larger than the limit of ${most} bytes`,
        413,
      );
    const [accept, targetVariant, inferenceId, customAttributes] = [
      'Accept',
      'TargetVariant',
      'InferenceId',
      'CustomAttributes',
    ].map((name) => optionalText(input, name));
    const answer = await this.hosting().endpoints.invoke(text(input, 'EndpointName'), {
      body: payload,
      contentType: optionalText(input, 'ContentType') ?? 'application/octet-stream',
      ...(accept === undefined ? {} : { accept }),
      ...(targetVariant === undefined ? {} : { targetVariant }),
      ...(inferenceId === undefined ? {} : { inferenceId }),
      ...(customAttributes === undefined ? {} : { customAttributes }),
    });
    return {
      Body: answer.body,
      ContentType: answer.contentType,
      InvokedProductionVariant: answer.variant,
      ...(customAttributes === undefined ? {} : { CustomAttributes: customAttributes }),
    };
  }

  private endpointOf(input: Body): Body {
    const name = text(input, 'EndpointName');
    const endpoint = this.hosting().endpoints.find(name);
    if (endpoint === undefined)
      throw new AwsError('ValidationError', `Endpoint ${name} of account ${this.account.accountId} not found.`);
    return endpoint;
  }
}
