import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { body, optionalNumber, optionalText, text } from '../../../../core/input';
import type { Body } from '../../../../core/service';
import { ModelServer } from '../hosting/model-server';
import type { ModelSource } from '../hosting/model-server';
import { concluding, objectsOf } from './job';
import type { JobParts, JobResult } from './job';
import { ClientError, filesBelow } from './role-objects';
import { filterRecord, joinRecord } from './transform-filter';

interface Settings {
  readonly contentType: string;
  readonly accept: string;
  readonly split: 'None' | 'Line';
  readonly assemble: 'None' | 'Line';
  readonly single: boolean;
  readonly maxBytes: number;
  readonly inputFilter: string;
  readonly outputFilter: string;
  readonly join: boolean;
}

function settingsOf(request: Body): Settings {
  const input = body(request, 'TransformInput');
  const output = body(request, 'TransformOutput');
  const processing = body(request, 'DataProcessing');
  const split = optionalText(input, 'SplitType') ?? 'None';
  if (split !== 'None' && split !== 'Line')
    throw new ClientError(`SplitType ${split} is not supported by the local account; it does None and Line`);
  const contentType = optionalText(input, 'ContentType') ?? 'text/csv';
  const assemble = optionalText(output, 'AssembleWith') === 'Line' ? 'Line' : 'None';
  const [inputFilter, outputFilter] = [
    optionalText(processing, 'InputFilter') ?? '$',
    optionalText(processing, 'OutputFilter') ?? '$',
  ];
  const join = optionalText(processing, 'JoinSource') === 'Input';
  if ((join || inputFilter !== '$' || outputFilter !== '$') && split !== 'Line')
    throw new ClientError('DataProcessing works record by record: it needs SplitType Line');
  return {
    contentType,
    accept: optionalText(output, 'Accept') ?? contentType,
    split,
    assemble,
    single: optionalText(request, 'BatchStrategy') === 'SingleRecord',
    maxBytes: (optionalNumber(request, 'MaxPayloadInMB') ?? 6) * 1024 * 1024,
    inputFilter,
    outputFilter,
    join,
  };
}

/** Records packed into payloads of at most the allowed size. */
function batches(records: readonly string[], { single, maxBytes }: Settings): readonly (readonly string[])[] {
  const result: string[][] = [];
  let size = 0;
  for (const record of records) {
    const bytes = Buffer.byteLength(record) + 1;
    if (bytes > maxBytes) throw new ClientError(`a record has ${bytes} bytes; MaxPayloadInMB allows ${maxBytes}`);
    const last = result.at(-1);
    if (last === undefined || single || size + bytes > maxBytes) {
      result.push([record]);
      size = bytes;
    } else {
      last.push(record);
      size += bytes;
    }
  }
  return result;
}

async function transformFile(server: ModelServer, content: Buffer, settings: Settings): Promise<Buffer> {
  const headers = { 'content-type': settings.contentType, accept: settings.accept };
  const ask = async (payload: Buffer): Promise<Buffer> => {
    const answer = await server.invoke(payload, headers, 600);
    if (answer.status >= 400)
      throw new ClientError(`the model answered ${answer.status}: ${answer.body.toString('utf8').slice(0, 400)}`);
    return answer.body;
  };
  if (settings.split === 'None') return ask(content);
  const records = content
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const parts: Buffer[] = [];
  for (const batch of batches(records, settings)) {
    const answer = await ask(
      Buffer.from(
        `${batch.map((each) => filterRecord(each, settings.inputFilter, settings.contentType)).join('\n')}\n`,
      ),
    );
    if (!settings.join && settings.outputFilter === '$') {
      parts.push(answer);
      continue;
    }
    const lines = answer
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    if (lines.length !== batch.length)
      throw new ClientError(
        `the model answered ${lines.length} records for ${batch.length}; joining and filtering need one each`,
      );
    const joined = lines.map((line, index) =>
      settings.join ? joinRecord(batch[index] ?? '', line, settings.contentType) : line,
    );
    parts.push(
      Buffer.from(joined.map((line) => filterRecord(line, settings.outputFilter, settings.contentType)).join('\n')),
    );
  }
  if (settings.assemble === 'None') return Buffer.concat(parts);
  return Buffer.from(parts.map((part) => `${part.toString('utf8').replace(/\n$/, '')}\n`).join(''));
}

/** Runs one batch transform job: the model's server, every input object, one `.out` object each. */
export function runTransform(
  parts: JobParts,
  name: string,
  request: Body,
  source: ModelSource,
  stop: AbortSignal,
): Promise<JobResult> {
  return concluding(async () => {
    const settings = settingsOf(request);
    const folder = join(parts.folder, 'transform', name);
    const data = join(folder, 'input');
    mkdirSync(data, { recursive: true });
    const objects = objectsOf(parts, source.roleArn);
    const s3 = body(body(body(request, 'TransformInput'), 'DataSource'), 'S3DataSource');
    if (optionalText(s3, 'S3DataType') === 'ManifestFile') await objects.downloadManifest(text(s3, 'S3Uri'), data);
    else await objects.downloadPrefix(text(s3, 'S3Uri'), data);
    const gzip = optionalText(body(request, 'TransformInput'), 'CompressionType') === 'Gzip';
    const environment = { ...source.environment, ...(body(request, 'Environment') as Record<string, string>) };
    const server = new ModelServer(
      parts,
      { ...source, environment },
      { folder: join(folder, 'server'), name, logGroup: '/aws/sagemaker/TransformJobs', startupTimeout: 60 },
    );
    try {
      await server.start();
      for (const file of filesBelow(data)) {
        if (stop.aborted) return { status: 'Stopped' };
        const content = readFileSync(file);
        const result = await transformFile(server, gzip ? gunzipSync(content) : content, settings);
        objects.put(
          `${text(body(request, 'TransformOutput'), 'S3OutputPath').replace(/\/+$/, '')}/${file.slice(data.length + 1)}.out`,
          result,
        );
      }
      return { status: 'Completed' };
    } catch (error) {
      throw new ClientError(error instanceof Error ? error.message : String(error));
    } finally {
      await server.stop();
    }
  });
}
