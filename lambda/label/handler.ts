import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { withoutMark } from '@mooring/use-case/cells';
import { log } from '../shared/log';
import { accept, type Answer } from './accept';
import { contextOf } from './context';
import { BadRequest } from './request';

const s3 = new S3Client({});

/** An event of an HTTP API (payload format 2.0): the batch is its body. */
const httpEvent = z.looseObject({
  body: z.string().optional(),
  isBase64Encoded: z.boolean().optional(),
  requestContext: z.looseObject({ timeEpoch: z.number().optional(), http: z.looseObject({}) }),
});

interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Takes ground truth, from the API or by direct invocation. */
export async function handler(received: unknown): Promise<Answer | HttpAnswer> {
  const context = contextOf(s3, Date.now);
  const http = httpEvent.safeParse(received);
  if (!http.success) return logged(await accept(context, received));
  try {
    const { body = '', isBase64Encoded, requestContext } = http.data;
    const text = isBase64Encoded === true ? Buffer.from(body, 'base64').toString() : body;
    const answer = logged(await accept(context, parsed(text), requestContext.timeEpoch));
    return json(answer.accepted === 0 ? 400 : 202, answer);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return json(400, { message: error.message });
  }
}

function logged(answer: Answer): Answer {
  log('labels', { accepted: answer.accepted, rejected: answer.rejected.length, key: answer.key });
  return answer;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(withoutMark(text)) as unknown;
  } catch {
    throw new BadRequest('the body is not JSON');
  }
}

function json(statusCode: number, content: unknown): HttpAnswer {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(content) };
}
