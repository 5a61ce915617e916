import { rmSync } from 'node:fs';
import { stackNames } from '../../../contracts/names';
import { properties, synthTemplates, text } from '../../support/templates';

type Settings = Readonly<Record<string, unknown>>;
const { outdir, template } = synthTemplates();
afterAll(() => rmSync(outdir, { recursive: true }));
const loans = template(stackNames.frontDoor('loans'));
const prices = template(stackNames.frontDoor('prices'));
const routes = (from: typeof loans): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    properties(from, 'AWS::ApiGatewayV2::Route').map((each) => [String(each.RouteKey), each.AuthorizationType]),
  );

describe('the front door of a use case', () => {
  test('asks for permission on every path but the health check', () => {
    expect(routes(prices)).toEqual({
      $default: 'AWS_IAM',
      'POST /predict': 'AWS_IAM',
      'GET /openapi.json': 'AWS_IAM',
      'GET /health': 'NONE',
    });
  });

  test('asks for tokens instead when the use case names their issuer', () => {
    expect(routes(loans)).toMatchObject({ 'POST /predict': 'JWT', $default: 'JWT', 'GET /health': 'NONE' });
    const [authorizer] = properties(loans, 'AWS::ApiGatewayV2::Authorizer');
    expect(authorizer?.JwtConfiguration).toEqual({ Audience: ['loans'], Issuer: 'https://login.example.com/' });
    for (const route of properties(loans, 'AWS::ApiGatewayV2::Route'))
      if (route.AuthorizationType === 'JWT') expect(route.AuthorizationScopes).toEqual(['predict']);
  });

  test('throttles and answers other origins as configured', () => {
    const [stage] = properties(loans, 'AWS::ApiGatewayV2::Stage');
    expect(stage?.DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
    const [api] = properties(loans, 'AWS::ApiGatewayV2::Api');
    expect(api?.CorsConfiguration).toMatchObject({ AllowOrigins: ['https://loans.example.com'], MaxAge: 3600 });
    expect(properties(prices, 'AWS::ApiGatewayV2::Api')[0]).not.toHaveProperty('CorsConfiguration');
  });

  test('logs no personal data', () => {
    const [stage] = properties(loans, 'AWS::ApiGatewayV2::Stage');
    const { Format } = stage?.AccessLogSettings as { readonly Format: string };
    expect(Format).toContain('$context.status');
    expect(Format).not.toMatch(/identity|userAgent|sourceIp|principal|querystring|\$context\.path/i);
  });

  test('gives callers a policy for its paths and nothing else', () => {
    const [policy] = properties(prices, 'AWS::IAM::ManagedPolicy');
    const { Statement } = policy?.PolicyDocument as { readonly Statement: readonly Settings[] };
    expect(Statement).toHaveLength(1);
    expect(Statement[0]?.Action).toBe('execute-api:Invoke');
    const resources = (Statement[0]?.Resource as readonly unknown[]).map((each) => text(each, prices));
    expect(resources.map((each) => each.slice(each.indexOf('/'))).sort()).toEqual([
      '/$default/GET/openapi.json',
      '/$default/POST/predict',
    ]);
  });

  test('lets its function call one endpoint and read the live files', () => {
    const statements = properties(prices, 'AWS::IAM::Policy').flatMap(
      (each) => (each.PolicyDocument as { readonly Statement: readonly Settings[] }).Statement,
    );
    const invoke = statements.find((each) => each.Sid === 'Invoke');
    expect(invoke?.Action).toBe('sagemaker:InvokeEndpoint');
    expect(text(invoke?.Resource, prices)).toMatch(/:endpoint\/prices-endpoint$/);
    const get = statements.find((each) => each.Sid === 'LiveGet');
    expect(text(get?.Resource, prices)).toMatch(/\/prices\/live\/production\/\*$/);
  });

  test('fires when requests fail or take long', () => {
    const alarms = Object.fromEntries(
      properties(loans, 'AWS::CloudWatch::Alarm').map((each) => [String(each.AlarmName), each]),
    );
    expect(alarms['loans-api-errors']).toMatchObject({ MetricName: '5xx', Statistic: 'Average', Threshold: 0.01 });
    expect(alarms['loans-api-latency']).toMatchObject({ ExtendedStatistic: 'p95', Threshold: 1000 });
    for (const name of ['loans-api-errors', 'loans-api-latency'])
      expect(alarms[name]).toMatchObject({ EvaluationPeriods: 2, TreatMissingData: 'notBreaching' });
  });

  test('is not there when the use case has no section for it', () => {
    expect(() => template(stackNames.frontDoor('nobody'))).toThrow('ENOENT');
  });
});
