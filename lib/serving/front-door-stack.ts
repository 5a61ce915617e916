import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { environment } from '../../contracts/environment';
import { frontDoorFile } from '../../contracts/front-door';
import { frontDoorSettings } from '../../contracts/front-door-settings';
import { prefixes, resourceNames } from '../../contracts/names';
import type { Api, UseCase } from '@mooring/use-case/use-case';
import { arn } from '../config/arn';
import { allow, allowKey, allowRead, allowWrite } from '../config/grants';
import type { Foundation } from '../foundation/foundation-stack';
import type { FunctionBundles } from '../functions/function-bundles';
import { MooringFunction } from '../functions/mooring-function';
import { createFrontDoorAlarms } from './front-door-alarms';
import { FrontDoorApi } from './front-door-api';

export interface FrontDoorStackProps extends StackProps {
  readonly useCase: UseCase;
  readonly api: Api;
  readonly foundation: Foundation;
  readonly bundles: FunctionBundles;
}

/**
 * Front door of one use case: an HTTP API in front of the production endpoint.
 *
 * Creates the predict function, the API with its routes, the policy that callers need, and alarms on errors and latency.
 * When the use case takes labels, the stack with the label function has to be deployed before.
 */
export class FrontDoorStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: FrontDoorStackProps,
  ) {
    super(scope, id, { description: `Mooring: front door of ${props.useCase.name}`, ...props });
    const { useCase, api: settings, foundation } = props;
    const predict = this.createPredictFunction();
    const api = new FrontDoorApi(this, 'Api', {
      useCase,
      key: foundation.key,
      api: settings,
      predict: new HttpLambdaIntegration('Predict', predict.function, { scopePermissionToRoute: false }),
      labels: this.labelIntegration(),
    });
    createFrontDoorAlarms(this, { api: api.api, useCase, settings, topic: foundation.topic });
    new CfnOutput(this, 'Url', { value: api.api.apiEndpoint, description: `Front door of ${useCase.name}` });
  }

  private createPredictFunction(): MooringFunction {
    const { useCase, api, foundation, bundles } = this.props;
    const { name } = useCase;
    const endpointName = resourceNames.endpoint(name);
    const settings = frontDoorSettings(useCase, api);
    const captures = settings.capture !== undefined;
    const predict = new MooringFunction(this, 'Predict', {
      code: 'predict',
      functionName: resourceNames.predictFunction(name),
      description: `Checks requests for predictions of ${name} and answers them`,
      bundles,
      key: foundation.key,
      network: useCase.network,
      deadLetters: foundation.deadLetters,
      topic: foundation.topic,
      timeout: Duration.seconds(25),
      files: { [frontDoorFile]: JSON.stringify(settings) },
      environment: {
        [environment.stage]: 'production',
        [environment.endpointName]: endpointName,
        [environment.artifactBucket]: foundation.artifactBucket.bucketName,
        ...(captures ? { [environment.dataBucket]: foundation.dataBucket.bucketName } : {}),
      },
    });
    allow(predict.role, 'Invoke', ['sagemaker:InvokeEndpoint'], [arn('sagemaker', `endpoint/${endpointName}`)]);
    allowRead(predict.role, 'Live', foundation.artifactBucket, [prefixes.live(name)]);
    if (captures) allowWrite(predict.role, 'Capture', foundation.dataBucket, [prefixes.capture(name)]);
    allowKey(predict.role, foundation.key);
    return predict;
  }

  private labelIntegration(): HttpLambdaIntegration | undefined {
    const { useCase } = this.props;
    if (useCase.labels === undefined) return undefined;
    const label = lambda.Function.fromFunctionAttributes(this, 'Label', {
      functionArn: arn('lambda', `function:${resourceNames.labelFunction(useCase.name)}`),
      sameEnvironment: true,
    });
    return new HttpLambdaIntegration('Labels', label);
  }
}
