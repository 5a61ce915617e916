import { Duration, Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { durationSeconds } from '@mooring/use-case/duration';
import { apiPaths } from '../../contracts/front-door';
import { resourceNames } from '../../contracts/names';
import type { Api, UseCase } from '@mooring/use-case/use-case';
import { arn } from '../config/arn';

export interface FrontDoorApiProps {
  /** Encrypts the access log. */
  readonly key: kms.IKey;
  readonly useCase: UseCase;
  readonly api: Api;
  readonly predict: apigateway.HttpRouteIntegration;
  /** Takes labels; absent when the use case does not. */
  readonly labels?: apigateway.HttpRouteIntegration;
}

/** Routes that callers need a permission for. Everything else ends in a 404 or 405 of the predict function. */
interface Guarded {
  readonly method: apigateway.HttpMethod;
  readonly path: string;
  readonly integration: apigateway.HttpRouteIntegration;
}

/**
 * The HTTP API with its stage, routes, authorizer and access log.
 *
 * The access log says what was asked for, when, and how it ended; it holds no address, no user agent, no principal and
 * no query, because these are personal data.
 */
export class FrontDoorApi extends Construct {
  readonly api: apigateway.HttpApi;
  private readonly authorizer: apigateway.IHttpRouteAuthorizer;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FrontDoorApiProps,
  ) {
    super(scope, id);
    this.authorizer = this.createAuthorizer();
    this.api = this.createApi();
    this.createStage();
    this.createRoutes();
    this.createHealthRoute();
    if (props.api.authorization.type === 'iam') this.createCallersPolicy();
  }

  private createApi(): apigateway.HttpApi {
    const { useCase, predict } = this.props;
    return new apigateway.HttpApi(this, 'HttpApi', {
      apiName: resourceNames.api(useCase.name),
      description: `Predictions of ${useCase.name}`,
      createDefaultStage: false,
      corsPreflight: this.cors(),
      // Unknown paths and methods are answered in the same form as everything else, and only to who may call at all.
      defaultIntegration: predict,
      defaultAuthorizer: this.authorizer,
      defaultAuthorizationScopes: this.scopes(),
    });
  }

  private createAuthorizer(): apigateway.IHttpRouteAuthorizer {
    const { authorization } = this.props.api;
    if (authorization.type === 'iam') return new HttpIamAuthorizer();
    return new HttpJwtAuthorizer('Caller', authorization.issuer, { jwtAudience: [...authorization.audience] });
  }

  private scopes(): string[] | undefined {
    const { authorization } = this.props.api;
    return authorization.type === 'jwt' && authorization.scopes.length > 0 ? [...authorization.scopes] : undefined;
  }

  private cors(): apigateway.CorsPreflightOptions | undefined {
    const { cors } = this.props.api;
    if (cors === undefined) return undefined;
    const { GET, POST } = apigateway.CorsHttpMethod;
    return {
      allowOrigins: [...cors.origins],
      allowMethods: [GET, POST],
      allowHeaders: ['authorization', 'content-type', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'],
      exposeHeaders: ['retry-after', 'server-timing', 'apigw-requestid'],
      maxAge: Duration.seconds(durationSeconds(cors.max_age)),
    };
  }

  private createStage(): void {
    const { throttling } = this.props.api;
    const accessLog = new logs.LogGroup(this, 'AccessLog', {
      retention: logs.RetentionDays.ONE_YEAR,
      encryptionKey: this.props.key,
    });
    const stage = new apigateway.HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      detailedMetricsEnabled: true,
      throttle: { rateLimit: throttling.rate, burstLimit: throttling.burst },
    });
    const resource = stage.node.defaultChild as apigateway.CfnStage;
    resource.accessLogSettings = { destinationArn: accessLog.logGroupArn, format: accessLogFormat };
  }

  private createRoutes(): void {
    const { predict, labels } = this.props;
    const { GET, POST } = apigateway.HttpMethod;
    this.addRoute({ method: POST, path: apiPaths.predict, integration: predict });
    this.addRoute({ method: GET, path: apiPaths.openApi, integration: predict });
    if (labels !== undefined) this.addRoute({ method: POST, path: apiPaths.labels, integration: labels });
  }

  private addRoute({ method, path, integration }: Guarded): void {
    this.api.addRoutes({ path, methods: [method], integration });
  }

  private createHealthRoute(): void {
    const [route] = this.api.addRoutes({
      path: apiPaths.health,
      methods: [apigateway.HttpMethod.GET],
      integration: this.props.predict,
      authorizer: new apigateway.HttpNoneAuthorizer(),
      authorizationScopes: [],
    });
    if (route === undefined) throw new Error(`no route ${apiPaths.health}`);
    Validations.of(route).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'Health checks have no credentials; the answer says no more than that a model serves, and is throttled.',
    });
  }

  /** What a caller needs: attached to their roles by who decides about them. */
  private createCallersPolicy(): void {
    const { useCase, labels } = this.props;
    const routes = [`POST${apiPaths.predict}`, `GET${apiPaths.openApi}`, ...(labels ? [`POST${apiPaths.labels}`] : [])];
    new iam.ManagedPolicy(this, 'Callers', {
      managedPolicyName: `${resourceNames.api(useCase.name)}-callers`,
      description: `May call the front door of ${useCase.name}`,
      statements: [
        new iam.PolicyStatement({
          sid: 'Call',
          actions: ['execute-api:Invoke'],
          resources: routes.map((each) => arn('execute-api', `${this.api.apiId}/$default/${each}`)),
        }),
      ],
    });
  }
}

const accessLogFormat = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  latency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
  integrationStatus: '$context.integrationStatus',
  responseLength: '$context.responseLength',
  error: '$context.error.message',
  authorizerError: '$context.authorizer.error',
});
