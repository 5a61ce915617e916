import type { AwsError } from '../../core/errors';
import type { Reply } from '../exchange';
import { jsonValue, parseJsonBody } from './json-values';
import { type Protocol, serviceWith } from './protocol';

/** AWS JSON 1.0 and 1.1: the operation is in X-Amz-Target, the members are the JSON body. */
export const jsonProtocol: Protocol = {
  name: 'json',
  speaks: (exchange) => exchange.headers['x-amz-target'] !== undefined,
  decode: (exchange, body, services) => {
    const operation = exchange.headers['x-amz-target']?.split('.').at(-1) ?? '';
    return {
      service: serviceWith(services, operation),
      operation,
      input: parseJsonBody(body),
      answer: (output) => ({
        status: 200,
        headers: { 'content-type': contentType(exchange.headers) },
        body: JSON.stringify(jsonValue(output)),
      }),
    };
  },
  fail: (error, exchange) => jsonFailure(error, exchange.headers),
};

/** Codes that SQS kept from its Query protocol: clients show them, though the error's type has another name. */
const queryCodes: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
};

function jsonFailure(error: AwsError, headers: Readonly<Record<string, string>>): Reply {
  return {
    status: error.status,
    headers: {
      'content-type': contentType(headers),
      'x-amzn-errortype': error.code,
      ...(headers['x-amzn-query-mode'] === undefined
        ? {}
        : { 'x-amzn-query-error': `${queryCodes[error.code] ?? error.code};Sender` }),
    },
    body: JSON.stringify(
      jsonValue({ __type: error.code, message: error.message, Message: error.message, ...error.detail }),
    ),
  };
}

function contentType(headers: Readonly<Record<string, string>>): string {
  return headers['content-type']?.startsWith('application/x-amz-json-1.0') === true
    ? 'application/x-amz-json-1.0'
    : 'application/x-amz-json-1.1';
}
