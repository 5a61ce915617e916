import { Unsupported, validation } from '../../../core/errors';
import { body, optionalNumber, optionalText, text, textList } from '../../../core/input';
import type { Provisioned, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import type { Apis } from '../runtime/apis';
import type { RouteAuthorization } from '../runtime/records';

/** AWS::ApiGatewayV2::Route. */
export function routeProvider(apis: Apis): ResourceProvider {
  const put = (id: string, properties: Body): Provisioned => {
    const apiId = text(properties, 'ApiId');
    const key = text(properties, 'RouteKey');
    checkKey(key);
    const twin = apis.routes.values().find((each) => each.apiId === apiId && each.key === key && each.id !== id);
    if (twin !== undefined) throw validation(`Route with key ${key} already exists for this API`);
    const [, integrationId] = /^integrations\/(.+)$/.exec(text(properties, 'Target')) ?? [];
    if (integrationId === undefined || apis.integrations.get(integrationId) === undefined)
      throw validation(`the target '${text(properties, 'Target')}' is no integration of this API`);
    const authorization = authorizationOf(properties);
    const authorizerId = optionalText(properties, 'AuthorizerId');
    if (authorization === 'JWT' && (authorizerId === undefined || apis.authorizers.get(authorizerId) === undefined))
      throw validation(`route ${key} needs the id of a JWT authorizer`);
    const scopes = textList(properties, 'AuthorizationScopes');
    apis.routes.put(id, {
      id,
      apiId,
      key,
      authorization,
      scopes,
      integrationId,
      ...(authorizerId === undefined ? {} : { authorizerId }),
    });
    return { physicalId: id, attributes: { RouteId: id } };
  };
  return {
    type: 'AWS::ApiGatewayV2::Route',
    properties: ['ApiId', 'RouteKey', 'Target', 'AuthorizationType', 'AuthorizerId', 'AuthorizationScopes'],
    accepted: { OperationName: 'nothing shows it' },
    replacedBy: ['ApiId'],
    attributes: ['RouteId'],
    create: (properties) => put(apis.newId(), properties),
    update: (id, properties) => put(id, properties),
    delete: (id) => void apis.routes.delete(id),
  };
}

function checkKey(key: string): void {
  if (key === '$default' || /^(ANY|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \/\S*$/.test(key)) return;
  throw validation(`'${key}' is no route key; write a method and a path such as 'POST /predict', or $default`);
}

function authorizationOf(properties: Body): RouteAuthorization {
  const type = optionalText(properties, 'AuthorizationType') ?? 'NONE';
  if (type === 'NONE' || type === 'AWS_IAM' || type === 'JWT') return type;
  throw new Unsupported(`routes with the authorization '${type}'`, 'supported: NONE, AWS_IAM, JWT');
}

/** AWS::ApiGatewayV2::Integration. */
export function integrationProvider(apis: Apis): ResourceProvider {
  const put = (id: string, properties: Body): Provisioned => {
    const [type, version] = ['IntegrationType', 'PayloadFormatVersion'].map((name) => optionalText(properties, name));
    const uri = text(properties, 'IntegrationUri');
    const functionArn = /arn:aws[a-z-]*:lambda:[^:]+:\d+:function:[A-Za-z0-9_:$-]+/.exec(uri)?.[0];
    if (type !== 'AWS_PROXY' || functionArn === undefined)
      throw new Unsupported(`integrations of type ${type ?? 'none'} with ${uri}`, 'functions are called (AWS_PROXY)');
    if (version !== '2.0') throw new Unsupported(`payload format ${version ?? '1.0'}`, 'use 2.0');
    const timeout = optionalNumber(properties, 'TimeoutInMillis') ?? 30_000;
    apis.integrations.put(id, { id, apiId: text(properties, 'ApiId'), functionArn, timeout });
    return { physicalId: id, attributes: { IntegrationId: id } };
  };
  return {
    type: 'AWS::ApiGatewayV2::Integration',
    properties: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
    accepted: { Description: 'nothing shows it', IntegrationMethod: 'functions are always invoked by POST' },
    replacedBy: ['ApiId'],
    attributes: ['IntegrationId'],
    create: (properties) => put(apis.newId(), properties),
    update: (id, properties) => put(id, properties),
    delete: (id) => void apis.integrations.delete(id),
  };
}

/** AWS::ApiGatewayV2::Authorizer. */
export function authorizerProvider(apis: Apis): ResourceProvider {
  const put = (id: string, properties: Body): Provisioned => {
    const type = text(properties, 'AuthorizerType');
    if (type !== 'JWT') throw new Unsupported(`${type} authorizers`, 'supported: JWT (and AWS_IAM on routes)');
    const sources = textList(properties, 'IdentitySource');
    if (sources.some((each) => each !== '$request.header.Authorization'))
      throw new Unsupported(`tokens from ${sources.join(', ')}`, 'use $request.header.Authorization');
    const settings = body(properties, 'JwtConfiguration');
    apis.authorizers.put(id, {
      id,
      apiId: text(properties, 'ApiId'),
      name: text(properties, 'Name'),
      issuer: text(settings, 'Issuer'),
      audience: textList(settings, 'Audience'),
    });
    return { physicalId: id, attributes: { AuthorizerId: id } };
  };
  return {
    type: 'AWS::ApiGatewayV2::Authorizer',
    properties: ['ApiId', 'AuthorizerType', 'IdentitySource', 'JwtConfiguration', 'Name'],
    replacedBy: ['ApiId', 'AuthorizerType'],
    attributes: ['AuthorizerId'],
    create: (properties) => put(apis.newId(), properties),
    update: (id, properties) => put(id, properties),
    delete: (id) => void apis.authorizers.delete(id),
  };
}
