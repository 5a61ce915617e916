import { Unsupported, validation } from '../../../core/errors';
import { body, optionalFlag, optionalNumber, optionalText, text, textList } from '../../../core/input';
import type { Provisioned, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import type { Apis } from '../runtime/apis';
import type { CorsSettings } from '../runtime/records';
import { authorizerProvider, integrationProvider, routeProvider } from './route-parts';
import { mapTags } from './tags';

/** AWS::ApiGatewayV2::Api, Stage, Route, Integration and Authorizer: HTTP APIs with Lambda behind them. */
export function apiGatewayProviders(apis: Apis, now: () => Date): readonly ResourceProvider[] {
  return [
    apiProvider(apis, now),
    stageProvider(apis),
    routeProvider(apis),
    integrationProvider(apis),
    authorizerProvider(apis),
  ];
}

function apiProvider(apis: Apis, now: () => Date): ResourceProvider {
  const provisioned = (id: string): Provisioned => ({
    physicalId: id,
    attributes: { ApiId: id, ApiEndpoint: apis.endpoint(id) },
  });
  const put = (id: string, properties: Body, created: number): Provisioned => {
    if (optionalText(properties, 'ProtocolType') !== 'HTTP')
      throw new Unsupported(`${String(properties.ProtocolType)} APIs`, 'HTTP APIs are served');
    apis.apis.put(id, {
      id,
      name: text(properties, 'Name'),
      description: optionalText(properties, 'Description') ?? '',
      ...(properties.CorsConfiguration === undefined ? {} : { cors: corsOf(body(properties, 'CorsConfiguration')) }),
      tags: mapTags(properties),
      created,
    });
    return provisioned(id);
  };
  return {
    type: 'AWS::ApiGatewayV2::Api',
    properties: ['Name', 'Description', 'ProtocolType', 'CorsConfiguration', 'Tags'],
    accepted: { IpAddressType: 'the account listens on the loopback only' },
    replacedBy: ['ProtocolType'],
    attributes: ['ApiId', 'ApiEndpoint'],
    create: (properties) => put(apis.newId(), properties, now().getTime()),
    update: (id, properties) => put(id, properties, apis.api(id).created),
    delete: (id) => apis.delete(id),
  };
}

function corsOf(given: Body): CorsSettings {
  const credentials = optionalFlag(given, 'AllowCredentials');
  const age = optionalNumber(given, 'MaxAge');
  const list = (name: string): readonly string[] => textList(given, name);
  if (credentials === true && list('AllowOrigins').includes('*'))
    throw validation('AllowCredentials cannot go with the origin *');
  return {
    AllowHeaders: list('AllowHeaders').map((each) => each.toLowerCase()),
    AllowMethods: list('AllowMethods'),
    AllowOrigins: list('AllowOrigins'),
    ExposeHeaders: list('ExposeHeaders'),
    ...(credentials === undefined ? {} : { AllowCredentials: credentials }),
    ...(age === undefined ? {} : { MaxAge: age }),
  };
}

function stageProvider(apis: Apis): ResourceProvider {
  const put = (properties: Body): Provisioned => {
    const [apiId, name] = [text(properties, 'ApiId'), text(properties, 'StageName')];
    apis.api(apiId);
    if (optionalFlag(properties, 'AutoDeploy') !== true)
      throw new Unsupported('stages without AutoDeploy', 'set AutoDeploy, so that the stage serves what was deployed');
    const settings = body(properties, 'DefaultRouteSettings');
    const [rate, burst] = [
      optionalNumber(settings, 'ThrottlingRateLimit'),
      optionalNumber(settings, 'ThrottlingBurstLimit'),
    ];
    const log = body(properties, 'AccessLogSettings');
    apis.stages.put(`${apiId}/${name}`, {
      apiId,
      name,
      ...(rate === undefined || burst === undefined ? {} : { throttle: { rate, burst } }),
      detailedMetrics: optionalFlag(settings, 'DetailedMetricsEnabled') === true,
      ...(log.DestinationArn === undefined
        ? {}
        : { accessLog: { group: groupOf(text(log, 'DestinationArn')), format: text(log, 'Format') } }),
      variables: body(properties, 'StageVariables') as Readonly<Record<string, string>>,
    });
    return { physicalId: name, attributes: {} };
  };
  return {
    type: 'AWS::ApiGatewayV2::Stage',
    properties: [
      'ApiId',
      'StageName',
      'AutoDeploy',
      'DefaultRouteSettings',
      'AccessLogSettings',
      'StageVariables',
      'Description',
      'Tags',
    ],
    replacedBy: ['ApiId', 'StageName'],
    create: put,
    update: (_id, properties) => put(properties),
    delete: (name, properties) => void apis.stages.delete(`${text(properties, 'ApiId')}/${name}`),
  };
}

/** @throws AwsError ValidationException for anything but the ARN of a log group. */
function groupOf(arn: string): string {
  const [, group] = /^arn:aws[a-z-]*:logs:[^:]+:\d+:log-group:([^:]+)(:\*)?$/.exec(arn) ?? [];
  if (group === undefined) throw validation(`access logs go to log groups only; '${arn}' is none`);
  return group;
}
