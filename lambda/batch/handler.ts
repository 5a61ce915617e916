import { S3Client } from '@aws-sdk/client-s3';
import { CreateTransformJobCommand, SageMakerClient, type TransformInstanceType } from '@aws-sdk/client-sagemaker';
import * as z from 'zod';
import type { BatchSettings } from '@mooring/use-case/sections/batch';
import { environment, requireEnv } from '../../contracts/environment';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { liveFiles, prefixes } from '../../contracts/names';
import { log } from '../shared/log';
import { anyBelow, readJson } from '../shared/objects';

/** When the run was due; the scheduler fills it in. */
const due = z.looseObject({ time: z.iso.datetime({ offset: true }) });

const clients = { s3: new S3Client({}), sagemaker: new SageMakerClient({}) };

/**
 * Scores what lies in the batch input with the live model: one transform job per due time, whose name says which, so that
 * an event that comes twice starts one job. Without a live model or without input it logs that and starts nothing.
 */
export async function handler(received: unknown): Promise<string> {
  const { time } = due.parse(received);
  const useCase = requireEnv(environment.useCase);
  const data = { s3: clients.s3, name: requireEnv(environment.dataBucket) };
  const artifacts = { s3: clients.s3, name: requireEnv(environment.artifactBucket) };
  const live = await readJson<LiveManifest>(artifacts, `${prefixes.live(useCase)}/${liveFiles.manifest}`);
  if (live === undefined) return logged('no model is live', { time });
  if (!(await anyBelow(data, `${prefixes.batchInput(useCase)}/`))) return logged('there is nothing to score', { time });
  const stamp = new Date(time).toISOString().slice(0, 19).replaceAll(':', '-');
  const name = `${useCase}-batch-${stamp}`;
  const { instance, count, joined } = JSON.parse(requireEnv(environment.settings)) as BatchSettings;
  try {
    await clients.sagemaker.send(
      new CreateTransformJobCommand({
        TransformJobName: name,
        ModelName: live.model,
        TransformInput: {
          DataSource: {
            S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${data.name}/${prefixes.batchInput(useCase)}/` },
          },
          ContentType: 'text/csv',
          SplitType: 'Line',
        },
        BatchStrategy: 'MultiRecord',
        TransformOutput: {
          S3OutputPath: `s3://${data.name}/${prefixes.batchOutput(useCase)}/${stamp}`,
          Accept: 'text/csv',
          AssembleWith: 'Line',
          KmsKeyId: requireEnv(environment.kmsKeyArn),
        },
        ...(joined === undefined
          ? {}
          : { DataProcessing: { InputFilter: joined.key ? '$[1:]' : '$', JoinSource: 'Input' as const } }),
        TransformResources: {
          InstanceType: instance as TransformInstanceType,
          InstanceCount: count,
          VolumeKmsKeyId: requireEnv(environment.kmsKeyArn),
        },
        Tags: [
          { Key: 'Application', Value: 'mooring' },
          { Key: 'UseCase', Value: useCase },
          { Key: 'ModelVersion', Value: String(live.version) },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof Error) || !/must be unique|already exist/i.test(error.message)) throw error;
    return logged('the job of this time was started before', { time, job: name });
  }
  return logged('started', { time, job: name, version: live.version });
}

function logged(outcome: string, details: Readonly<Record<string, unknown>>): string {
  log(outcome, details);
  return outcome;
}
