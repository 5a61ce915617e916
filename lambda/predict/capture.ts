import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { prefixes, variantName } from '../../contracts/names';
import { log } from '../shared/log';
import type { EndpointAnswer, Instance } from './endpoint';

/** Where and how many requests the front door captures itself, because the endpoint cannot. */
export interface Capture {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly useCase: string;
  readonly endpoint: string;
  /** Percent of the requests. */
  readonly share: number;
}

export interface Captured {
  readonly instance: Instance;
  readonly answer: EndpointAnswer;
  readonly inferenceId: string;
  /** Epoch milliseconds. */
  readonly time: number;
  /** In [0, 1), decides by the share. */
  readonly draw: number;
}

/**
 * Writes one request with its answer as SageMaker's data capture would: same layout, same format, so that whatever reads
 * captured data need not know the difference. An object per request, since a function may be frozen after its answer.
 *
 * A failure is logged and does not fail the request; the alarm about missing rows fires if it lasts.
 */
export async function capture(into: Capture, { instance, answer, inferenceId, time, draw }: Captured): Promise<void> {
  if (draw * 100 >= into.share) return;
  const side = (mode: 'INPUT' | 'OUTPUT', data: unknown): unknown => ({
    observedContentType: 'application/json',
    mode,
    data: JSON.stringify(data),
    encoding: 'JSON',
  });
  const at = new Date(time).toISOString();
  const record = {
    captureData: {
      endpointInput: side('INPUT', { instances: [instance] }),
      endpointOutput: side('OUTPUT', { predictions: answer.predictions }),
    },
    eventMetadata: { eventId: inferenceId, inferenceId, inferenceTime: at.replace(/\.\d{3}Z$/, 'Z') },
    eventVersion: '0',
  };
  const hour = at.slice(0, 13).replace(/[-T]/g, '/');
  const instant = at.slice(14, 23).replace(/[:.]/g, '-');
  try {
    await into.s3.send(
      new PutObjectCommand({
        Bucket: into.bucket,
        Key: `${prefixes.capture(into.useCase)}/${into.endpoint}/${variantName}/${hour}/${instant}-${inferenceId}.jsonl`,
        Body: `${JSON.stringify(record)}\n`,
        ContentType: 'application/jsonlines',
      }),
    );
  } catch (error) {
    log('not captured', { inference_id: inferenceId, because: error instanceof Error ? error.message : String(error) });
  }
}
