import { bodies, body, optionalNumber, optionalText, text } from '../../../../core/input';
import type { Body } from '../../../../core/service';
import type { Jobs } from '../../api/jobs';
import { concluding } from './job';
import { candidates, rangesOf } from './tuning-search';

/** Training jobs of one tuning job that run at the same time at most. */
const parallelLimit = 2;

interface Trial {
  readonly definition: Body;
  readonly hyperparameters: Readonly<Record<string, string>>;
}

interface Result extends Body {
  readonly TrainingJobName: string;
  readonly TrainingJobStatus: string;
  readonly value?: number;
}

const definitionsOf = (request: Body): readonly Body[] =>
  request['TrainingJobDefinition'] === undefined
    ? bodies(request, 'TrainingJobDefinitions')
    : [body(request, 'TrainingJobDefinition')];

/** Runs the trainings of one hyper-parameter tuning job and finds the best. */
export async function runTuning(
  jobs: Jobs,
  newId: () => string,
  name: string,
  arn: string,
  request: Body,
  stop: AbortSignal,
): Promise<Body> {
  const results: Result[] = [];
  const config = body(request, 'HyperParameterTuningJobConfig');
  const outcome = await concluding(async () => {
    const limits = body(config, 'ResourceLimits');
    const seed = optionalText(config, 'RandomSeed') ?? name;
    const definitions = definitionsOf(request);
    const count = optionalNumber(limits, 'MaxNumberOfTrainingJobs');
    const share = count === undefined ? undefined : Math.max(1, Math.floor(count / Math.max(1, definitions.length)));
    const trials = definitions.flatMap((definition, index): Trial[] =>
      candidates(text(config, 'Strategy'), rangesOf(config, definition), share, `${seed} ${index}`).map(
        (hyperparameters) => ({ definition, hyperparameters }),
      ),
    );
    const parallel = Math.min(parallelLimit, optionalNumber(limits, 'MaxParallelTrainingJobs') ?? 1);
    let at = 0;
    const worker = async (): Promise<void> => {
      for (let index = at++; index < trials.length && !stop.aborted; index = at++) {
        const trial = trials[index];
        if (trial !== undefined) results[index] = await runTrial(jobs, newId, name, arn, config, trial, index, stop);
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    if (stop.aborted) return { status: 'Stopped' };
    if (!results.some((each) => each.value !== undefined)) {
      const first = results.find((each) => each['FailureReason'] !== undefined);
      return {
        status: 'Failed',
        failureReason:
          `ClientError: no training job of the tuning job gave the objective metric. ${String(first?.['FailureReason'] ?? 'Check MetricDefinitions against what the script prints.')}`.slice(
            0,
            1024,
          ),
      };
    }
    return { status: 'Completed' };
  });
  return {
    HyperParameterTuningJobStatus: outcome.status,
    ...(outcome.failureReason === undefined ? {} : { FailureReason: outcome.failureReason }),
    ...summary(
      results.filter((each) => each !== undefined),
      config,
    ),
  };
}

async function runTrial(
  jobs: Jobs,
  newId: () => string,
  name: string,
  arn: string,
  config: Body,
  trial: Trial,
  index: number,
  stop: AbortSignal,
): Promise<Result> {
  const { definition, hyperparameters } = trial;
  const {
    StaticHyperParameters: fixed,
    DefinitionName: _name,
    TuningObjective: own,
    HyperParameterRanges: _ranges,
    HyperParameterTuningResourceConfig: resources,
    RetryStrategy: _retry,
    ...rest
  } = definition;
  const jobName = `${name}-${String(index + 1).padStart(3, '0')}-${newId().replaceAll('-', '').slice(0, 8)}`;
  const objective = own === undefined ? body(config, 'HyperParameterTuningJobObjective') : (own as Body);
  const { ended } = jobs.start('training', {
    ...rest,
    ...(rest['ResourceConfig'] === undefined && resources !== undefined ? { ResourceConfig: resources } : {}),
    HyperParameters: { ...(fixed as Body | undefined), ...hyperparameters },
    TrainingJobName: jobName,
    TuningJobArn: arn,
  });
  const end = (): void => {
    if (jobs.describe('training', jobName)['TrainingJobStatus'] === 'InProgress') jobs.stop('training', jobName);
  };
  stop.addEventListener('abort', end);
  const document = await ended;
  stop.removeEventListener('abort', end);
  const metric = bodies(document, 'FinalMetricDataList').find((each) => each['MetricName'] === objective['MetricName']);
  const value = document['TrainingJobStatus'] === 'Completed' ? optionalNumber(metric ?? {}, 'Value') : undefined;
  return {
    TrainingJobName: jobName,
    TrainingJobArn: document['TrainingJobArn'],
    CreationTime: document['CreationTime'],
    TrainingStartTime: document['TrainingStartTime'],
    TrainingEndTime: document['TrainingEndTime'],
    TrainingJobStatus: String(document['TrainingJobStatus']),
    TunedHyperParameters: hyperparameters,
    ...(document['FailureReason'] === undefined ? {} : { FailureReason: document['FailureReason'] }),
    ...(value === undefined
      ? {}
      : {
          FinalHyperParameterTuningJobObjectiveMetric: {
            Type: objective['Type'],
            MetricName: objective['MetricName'],
            Value: value,
          },
        }),
    ObjectiveStatus: value === undefined ? 'Failed' : 'Succeeded',
    ...(value === undefined ? {} : { value }),
  };
}

/** Best first, as `TrainingJobSummaries[k]` of a pipeline's top models wants it. */
function summary(results: readonly Result[], config: Body): Body {
  const sign = body(config, 'HyperParameterTuningJobObjective')['Type'] === 'Minimize' ? 1 : -1;
  const ranked = [...results].sort((a, b) => sign * ((a.value ?? sign * Infinity) - (b.value ?? sign * Infinity)));
  const count = (status: string): number => results.filter((each) => each.TrainingJobStatus === status).length;
  const succeeded = results.filter((each) => each.value !== undefined).length;
  return {
    TrainingJobSummaries: ranked,
    ...(ranked[0]?.value === undefined ? {} : { BestTrainingJob: ranked[0] }),
    TrainingJobStatusCounters: {
      Completed: count('Completed'),
      InProgress: 0,
      RetryableError: 0,
      NonRetryableError: count('Failed'),
      Stopped: count('Stopped'),
    },
    ObjectiveStatusCounters: { Succeeded: succeeded, Pending: 0, Failed: results.length - succeeded },
  };
}
