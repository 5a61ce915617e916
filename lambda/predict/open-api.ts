import { apiPaths, type FrontDoorSettings, mostLabels } from '../../contracts/front-door';
import { answered, described, ref, schemas } from './open-api-schemas';
import type { ProblemStatus } from './problem';
import type { Rule } from './values';

type Node = Readonly<Record<string, unknown>>;

/** The API as an OpenAPI 3.1 document. Requests are described by the rules that check them. */
export function openApi(settings: FrontDoorSettings, rules: readonly Rule[]): Node {
  const { title, purpose, version, label } = settings;
  return {
    openapi: '3.1.0',
    info: { title, description: purpose, version, license: { name: 'Proprietary', url: 'about:blank' } },
    // Relative to the document, so that it holds under every domain, stage and path.
    servers: [{ url: '.', description: 'Where this document is' }],
    security: [{ caller: [] }],
    tags: [
      { name: 'predictions', description: 'Predictions, and what turned out to be true.' },
      { name: 'operations', description: 'What programs ask about the API itself.' },
    ],
    paths: {
      [apiPaths.predict]: { post: predictOperation() },
      ...(label === undefined ? {} : { [apiPaths.labels]: { post: labelsOperation() } }),
      [apiPaths.openApi]: { get: documentOperation() },
      [apiPaths.health]: { get: healthOperation() },
    },
    components: { securitySchemes: { caller: securityScheme(settings) }, schemas: schemas(settings, rules) },
  };
}

function securityScheme({ api: { authorization } }: FrontDoorSettings): Node {
  return authorization.type === 'jwt'
    ? {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: `A token of ${authorization.issuer} for ${authorization.audience.join(' or ')}.`,
      }
    : {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: 'AWS Signature Version 4, service execute-api; the caller needs execute-api:Invoke.',
        'x-amazon-apigateway-authtype': 'awsSigv4',
      };
}

function predictOperation(): Node {
  return {
    operationId: 'predict',
    tags: ['predictions'],
    summary: 'Predicts one record',
    requestBody: {
      required: true,
      content: { 'application/json': { schema: ref('PredictRequest') } },
    },
    responses: {
      200: described('The prediction', ref('Prediction')),
      ...problems(400, 415, 422, 502, 503),
      413: answered('The body is too large', { 'application/problem+json': 'Problem', 'application/json': 'Message' }),
      ...gatewayAnswers(),
    },
  };
}

function labelsOperation(): Node {
  return {
    operationId: 'addLabels',
    tags: ['predictions'],
    summary: 'Takes what turned out to be true, by inference id',
    description: `At most ${mostLabels} labels in one call. Labels that cannot be taken are listed in the answer; the others count.`,
    requestBody: { required: true, content: { 'application/json': { schema: ref('Labels') } } },
    responses: {
      202: described('Labels were taken', ref('LabelsTaken')),
      400: described('No label was taken', { anyOf: [ref('LabelsTaken'), ref('Message')] }),
      413: described('The body is too large', ref('Message')),
      ...gatewayAnswers(),
    },
  };
}

function documentOperation(): Node {
  return {
    operationId: 'describeApi',
    tags: ['operations'],
    summary: 'This document',
    responses: { 200: described('An OpenAPI document', { type: 'object' }), ...gatewayAnswers() },
  };
}

function healthOperation(): Node {
  return {
    operationId: 'health',
    tags: ['operations'],
    summary: 'Whether a model serves',
    security: [],
    responses: {
      200: described('A model serves', ref('Health')),
      ...problems(503),
      429: described('Too many requests', ref('Message')),
    },
  };
}

const meanings: Readonly<Partial<Record<ProblemStatus, string>>> = {
  400: 'The request is not valid; everything that is wrong is listed',
  415: 'The content type is not application/json',
  422: 'The model refuses the values',
  502: 'The model failed',
  503: 'No model answers at the moment; Retry-After says when to try again',
};

function problems(...statuses: readonly ProblemStatus[]): Node {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      answered(meanings[status] ?? 'Not answered', { 'application/problem+json': 'Problem' }),
    ]),
  );
}

/** What API Gateway answers before the function is asked. */
function gatewayAnswers(): Node {
  return {
    401: described('There is no valid token', ref('Message')),
    403: described('The caller may not do this', ref('Message')),
    429: described('Too many requests', ref('Message')),
  };
}
