import { text } from '../../../core/input';
import type { AwsService, Body, Operation, Permission, Route } from '../../../core/service';
import type { Apis } from '../runtime/apis';
import type { ApiRecord } from '../runtime/records';
import { partition } from '../../../core/partition';

/** API Gateway's own API, as far as it describes what the stacks made; changes go through CloudFormation. */
export class ApiGatewayV2 implements AwsService {
  readonly signingName = 'apigateway';
  readonly routes: readonly Route[] = [
    { method: 'GET', path: '/v2/apis', operation: 'GetApis' },
    { method: 'GET', path: '/v2/apis/{ApiId}', operation: 'GetApi' },
    { method: 'GET', path: '/v2/apis/{ApiId}/routes', operation: 'GetRoutes' },
    { method: 'GET', path: '/v2/apis/{ApiId}/stages', operation: 'GetStages' },
  ];
  readonly operations: Readonly<Record<string, Operation>> = {
    GetApis: () => ({ items: this.apis.apis.values().map((each) => this.described(each)) }),
    GetApi: (input) => this.described(this.apis.api(text(input, 'ApiId'))),
    GetRoutes: (input) => ({ items: this.routesOf(text(input, 'ApiId')) }),
    GetStages: (input) => ({ items: this.stagesOf(text(input, 'ApiId')) }),
  };

  constructor(private readonly apis: Apis) {}

  permissions(operation: string, input: Body): readonly Permission[] {
    const path = operation === 'GetApis' ? '/apis' : `/apis/${text(input, 'ApiId')}`;
    const rest = { GetRoutes: '/routes', GetStages: '/stages' }[operation] ?? '';
    return [{ action: 'apigateway:GET', resource: `arn:${partition}:apigateway:us-east-1::${path}${rest}` }];
  }

  private described({ id, name, description, tags, created }: ApiRecord): Body {
    return {
      apiId: id,
      name,
      description,
      protocolType: 'HTTP',
      apiEndpoint: this.apis.endpoint(id),
      createdDate: new Date(created),
      tags,
      routeSelectionExpression: '${request.method} ${request.path}',
    };
  }

  private routesOf(apiId: string): readonly Body[] {
    this.apis.api(apiId);
    return (this.apis.find(apiId)?.routes ?? []).map((each) => ({
      routeId: each.id,
      routeKey: each.key,
      authorizationType: each.authorization,
      target: `integrations/${each.integrationId}`,
      ...(each.authorizerId === undefined ? {} : { authorizerId: each.authorizerId }),
      ...(each.scopes.length === 0 ? {} : { authorizationScopes: each.scopes }),
    }));
  }

  private stagesOf(apiId: string): readonly Body[] {
    this.apis.api(apiId);
    return (this.apis.find(apiId)?.stages ?? []).map((each) => ({
      stageName: each.name,
      autoDeploy: true,
      ...(each.throttle === undefined
        ? {}
        : {
            defaultRouteSettings: {
              throttlingRateLimit: each.throttle.rate,
              throttlingBurstLimit: each.throttle.burst,
              detailedMetricsEnabled: each.detailedMetrics,
            },
          }),
    }));
  }
}
