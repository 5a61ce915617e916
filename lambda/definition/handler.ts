import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { environment, requireEnv } from '../../contracts/environment';
import { prefixes } from '../../contracts/names';
import { log } from '../shared/log';
import { storeDefinition } from './store';

const s3 = new S3Client({});

/** What CloudFormation sends for a custom resource. */
const request = z.looseObject({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.looseObject({
    Bucket: z.string(),
    Key: z.string(),
    Marker: z.string(),
    Values: z.array(z.string()).default([]),
  }),
});
type Request = z.infer<typeof request>;

/**
 * Stores a pipeline definition that is too large for a template, and answers CloudFormation with the key of the object.
 *
 * A failure is answered as well, so that the stack says at once what is wrong instead of waiting for an hour.
 */
export async function handler(received: unknown): Promise<void> {
  const event = request.parse(received);
  try {
    await answer(event, 'SUCCESS', { Data: await dataOf(event) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log('definition not stored', { reason });
    await answer(event, 'FAILED', { Reason: reason });
  }
}

async function dataOf({ RequestType, ResourceProperties: given }: Request): Promise<Readonly<Record<string, string>>> {
  // Stored definitions stay: like every artifact they are evidence, and other versions of the stack may point at them.
  if (RequestType === 'Delete') return {};
  const key = await storeDefinition({
    source: { s3, name: given.Bucket },
    target: { s3, name: requireEnv(environment.artifactBucket) },
    prefix: prefixes.definitions(requireEnv(environment.useCase)),
    key: given.Key,
    marker: given.Marker,
    values: given.Values,
  });
  log('definition stored', { key });
  return { Key: key };
}

async function answer(
  event: Request,
  status: 'SUCCESS' | 'FAILED',
  more: { readonly Data: Readonly<Record<string, string>> } | { readonly Reason: string },
): Promise<void> {
  const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = LogicalResourceId } = event;
  const content = { Status: status, StackId, RequestId, LogicalResourceId, PhysicalResourceId, ...more };
  // The URL is signed for an empty content type.
  const response = await fetch(event.ResponseURL, {
    method: 'PUT',
    headers: { 'content-type': '' },
    body: Buffer.from(JSON.stringify(content)),
  });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
}
