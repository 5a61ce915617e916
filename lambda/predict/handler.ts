import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { contextOf } from './context';
import type { HttpAnswer, HttpEvent } from './event';
import { route } from './route';

// A caller waits: better one quick failure, which the caller may repeat, than the client's slow retries.
const clients = { s3: new S3Client({}), runtime: new SageMakerRuntimeClient({ maxAttempts: 2 }) };
const context = contextOf(clients);

/** The function behind the HTTP API: predictions, the API's description, and whether a model serves. */
export function handler(event: HttpEvent): Promise<HttpAnswer> {
  return route(context, event);
}
