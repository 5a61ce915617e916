import { messageOf } from '../../../../core/errors';
import { bodies, body, optionalNumber, optionalText, textList } from '../../../../core/input';
import { parseS3Uri } from '../../../../core/module';
import type { AccountParts } from '../../../../core/module';
import type { Body } from '../../../../core/service';
import { seededRandom } from '../random';

declare module '../../../../core/trace' {
  interface TraceEvents {
    'capture.written': {
      readonly endpoint: string;
      readonly variant: string;
      readonly uri: string;
      readonly records: number;
    };
    /** AWS says nothing here; the objects are just missing. */
    'capture.failed': { readonly endpoint: string; readonly variant: string; readonly reason: string };
  }
}

/** What one side of an inference looked like. */
export interface Payload {
  readonly contentType: string;
  readonly body: Buffer;
}

export interface Inference {
  readonly variant: string;
  readonly input: Payload;
  readonly output: Payload;
  readonly inferenceId?: string;
  readonly customAttributes?: string;
  /** Role the container runs as: it writes the objects. */
  readonly roleArn: string;
}

interface Pending {
  readonly roleArn: string;
  readonly time: Date;
  readonly lines: string[];
}

/** Milliseconds of real time that records are gathered before they become one object. */
const gather = 150;

const two = (value: number): string => String(value).padStart(2, '0');

/** Key below the destination: <endpoint>/<variant>/yyyy/mm/dd/hh/MM-SS-mmm-<uuid>.jsonl, in UTC. */
export function captureKey(endpoint: string, variant: string, time: Date, id: string): string {
  const day = [
    time.getUTCFullYear(),
    two(time.getUTCMonth() + 1),
    two(time.getUTCDate()),
    two(time.getUTCHours()),
  ].join('/');
  const instant = [
    two(time.getUTCMinutes()),
    two(time.getUTCSeconds()),
    String(time.getUTCMilliseconds()).padStart(3, '0'),
  ].join('-');
  return `${endpoint}/${variant}/${day}/${instant}-${id}.jsonl`;
}

function encode(payload: Payload, mode: 'INPUT' | 'OUTPUT', header: Body): Body {
  const type = payload.contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const listed = (name: string): boolean => textList(header, name).some((each) => each.toLowerCase() === type);
  const encoding = listed('CsvContentTypes') ? 'CSV' : listed('JsonContentTypes') ? 'JSON' : 'BASE64';
  return {
    observedContentType: payload.contentType,
    mode,
    data: payload.body.toString(encoding === 'BASE64' ? 'base64' : 'utf8'),
    encoding,
  };
}

/**
 * Data capture of one endpoint: a seeded share of its inferences, in the layout and format of SageMaker. A failure to
 * write never fails a request, but it is traced.
 */
export class DataCapture {
  private readonly pending = new Map<string, Pending>();
  private readonly random: () => number;
  private readonly modes: ReadonlySet<string>;
  private readonly percentage: number;

  constructor(
    private readonly account: AccountParts,
    private readonly endpoint: string,
    private readonly config: Body,
  ) {
    this.random = seededRandom(`capture ${endpoint}`);
    this.percentage =
      config['EnableCapture'] === true ? (optionalNumber(config, 'InitialSamplingPercentage') ?? 100) : 0;
    this.modes = new Set(
      bodies(config, 'CaptureOptions').flatMap((each) =>
        each['CaptureMode'] === 'InputAndOutput' ? ['Input', 'Output'] : [String(each['CaptureMode'])],
      ),
    );
  }

  /** Decides by the sampling percentage and notes the record. */
  record(inference: Inference): void {
    if (this.percentage === 0 || this.random() * 100 >= this.percentage) return;
    const header = body(this.config, 'CaptureContentTypeHeader');
    const now = this.account.clock.now();
    const line = JSON.stringify({
      captureData: {
        ...(this.modes.has('Input') ? { endpointInput: encode(inference.input, 'INPUT', header) } : {}),
        ...(this.modes.has('Output') ? { endpointOutput: encode(inference.output, 'OUTPUT', header) } : {}),
      },
      eventMetadata: {
        eventId: this.account.newId(),
        ...(inference.customAttributes === undefined ? {} : { customAttributes: [inference.customAttributes] }),
        ...(inference.inferenceId === undefined ? {} : { inferenceId: inference.inferenceId }),
        inferenceTime: now.toISOString().replace(/\.\d{3}Z$/, 'Z'),
      },
      eventVersion: '0',
    });
    const key = `${inference.variant} ${now.toISOString().slice(0, 13)}`;
    const batch = this.pending.get(key);
    if (batch !== undefined) {
      batch.lines.push(line);
      return;
    }
    const fresh: Pending = { roleArn: inference.roleArn, time: now, lines: [line] };
    this.pending.set(key, fresh);
    void this.account.clock.track(
      new Promise<void>((done) => setTimeout(done, gather)).then(() => this.flush(key, inference.variant)),
    );
  }

  private flush(key: string, variant: string): void {
    const batch = this.pending.get(key);
    this.pending.delete(key);
    if (batch === undefined) return;
    try {
      const { bucket, key: prefix } = parseS3Uri(
        (optionalText(this.config, 'DestinationS3Uri') ?? '').replace(/\/+$/, ''),
      );
      const object = [prefix, captureKey(this.endpoint, variant, batch.time, this.account.newId())]
        .filter((part) => part !== '')
        .join('/');
      const permissions = this.account.s3.permissions('s3:PutObject', bucket, object);
      this.account.iam.authorize(this.account.iam.roleByArn(batch.roleArn), permissions);
      this.account.s3.put(bucket, object, `${batch.lines.join('\n')}\n`, { contentType: 'application/jsonlines' });
      this.account.trace.emit('capture.written', {
        endpoint: this.endpoint,
        variant,
        uri: `s3://${bucket}/${object}`,
        records: batch.lines.length,
      });
    } catch (error) {
      this.account.trace.emit('capture.failed', { endpoint: this.endpoint, variant, reason: messageOf(error) });
    }
  }
}
