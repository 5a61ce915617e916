import { performance } from 'node:perf_hooks';
import { text } from '../../../../core/input';
import type { Body } from '../../../../core/service';
import type { ModelSource } from '../hosting/model-server';
import type { JobParts } from './job';
import { runProcessing } from './processing';
import { runTraining } from './training';
import { runTransform } from './transform';
import { runTuning } from './tuning';
import type { JobKind } from './job-kind';
import type { Jobs, JobWork } from '../../api/jobs';

const reason = (failureReason: string | undefined): Body =>
  failureReason === undefined ? {} : { FailureReason: failureReason };

/** How the work of each kind of job becomes the members of its document. */
export function jobWork(
  parts: JobParts,
  sourceOf: (modelName: string) => ModelSource,
  jobs: () => Jobs,
): Readonly<Record<JobKind['id'], JobWork>> {
  const { account } = parts;
  return {
    processing: async (name, arn, request, stop) => {
      const result = await runProcessing(parts, name, arn, request, stop);
      return {
        ProcessingJobStatus: result.status,
        ...reason(result.failureReason),
        ...(result.exitMessage === undefined ? {} : { ExitMessage: result.exitMessage }),
      };
    },
    training: async (name, arn, request, stop) => {
      const started = account.clock.now();
      const since = performance.now();
      const result = await runTraining(parts, name, arn, request, stop);
      const ended = account.clock.now();
      const seconds = Math.max(1, Math.round((performance.now() - since) / 1000));
      return {
        TrainingJobStatus: result.status,
        SecondaryStatus:
          result.failureReason?.startsWith('MaxRuntimeExceeded') === true ? 'MaxRuntimeExceeded' : result.status,
        SecondaryStatusTransitions: [
          {
            Status: 'Training',
            StartTime: started.toISOString(),
            EndTime: ended.toISOString(),
            StatusMessage: 'Training in the local account',
          },
          {
            Status: result.status,
            StartTime: ended.toISOString(),
            EndTime: ended.toISOString(),
            StatusMessage: result.failureReason ?? 'Training job completed',
          },
        ],
        ...reason(result.failureReason),
        ModelArtifacts: { S3ModelArtifacts: result.model ?? '' },
        FinalMetricDataList: result.metrics.map(({ name: MetricName, value: Value }) => ({
          MetricName,
          Value,
          Timestamp: ended.toISOString(),
        })),
        TrainingTimeInSeconds: seconds,
        BillableTimeInSeconds: seconds,
      };
    },
    transform: async (name, _arn, request, stop) => {
      const result = await runTransform(parts, name, request, sourceOf(text(request, 'ModelName')), stop);
      return { TransformJobStatus: result.status, ...reason(result.failureReason) };
    },
    tuning: (name, arn, request, stop) => runTuning(jobs(), () => account.newId(), name, arn, request, stop),
  };
}
