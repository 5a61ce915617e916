import { type SparkCluster, sparkCluster } from '@mooring/use-case/sections/compute';
import { liveFiles } from '../../contracts/names';
import { type Expression, join, type ProcessingStep } from '@mooring/pipeline-language';
import type { Analyses, Analysis, ModelUnderTest, Splits } from './analyses';
import type { StandardJobs } from './jobs';

const gate = (output: string) => ({ Gate: { output, path: 'gate.json' } }) as const;

/** The five analyses by the open monitor, each one processing step of the code bundle. */
export class OpenAnalyses implements Analyses {
  readonly extraOutputs = [];

  constructor(private readonly jobs: StandardJobs) {}

  dataQuality(splits: Splits): Analysis {
    const { useCase, place } = this.jobs.context;
    const cluster = sparkCluster(useCase.monitoring.compute, place.images.monitor);
    const step = this.jobs.script('DataQuality', {
      command: ['monitor', 'profile', ...engineOptions(cluster)],
      inputs: splits('train'),
      outputs: ['baseline'],
      cluster,
    });
    return analysis(step, step.output('baseline'), { statistics: 'statistics.json', constraints: 'constraints.json' });
  }

  dataBias(splits: Splits): Analysis {
    const step = this.jobs.script('DataBias', {
      command: ['monitor', 'bias', '--stage', 'pre'],
      inputs: splits('train', 'validation', 'test'),
      outputs: ['report'],
      propertyFiles: gate('report'),
    });
    return { ...analysis(step, step.output('report'), { constraints: 'analysis.json' }), gate: step.report };
  }

  modelQuality(predictions: Expression<string>): Analysis {
    const step = this.jobs.script('ModelQuality', {
      command: ['monitor', 'quality', '--stage', 'baseline'],
      inputs: { predictions },
      outputs: ['baseline'],
    });
    const folder = step.output('baseline');
    return {
      ...analysis(step, folder, { statistics: 'statistics.json', constraints: 'constraints.json' }),
      predictions: join('/', [folder, liveFiles.predictions]),
    };
  }

  modelBias({ predictions }: ModelUnderTest): Analysis {
    const step = this.jobs.script('ModelBias', {
      command: ['monitor', 'bias', '--stage', 'post'],
      inputs: { predictions },
      outputs: ['baseline'],
      propertyFiles: gate('baseline'),
    });
    return { ...analysis(step, step.output('baseline'), { constraints: 'analysis.json' }), gate: step.report };
  }

  explanations({ artifact, splits }: ModelUnderTest): Analysis {
    const step = this.jobs.script('Explain', {
      command: ['monitor', 'explain'],
      inputs: { model: artifact, ...splits('train', 'test') },
      outputs: ['baseline'],
      image: this.jobs.parameters.trainingImage,
    });
    return analysis(step, step.output('baseline'), { constraints: 'analysis.json' });
  }
}

/** Arguments of the monitor that choose the engine; none for one process. */
function engineOptions(cluster: SparkCluster | undefined): string[] {
  if (cluster === undefined) return [];
  return [
    '--engine',
    cluster.engine,
    ...(cluster.engine === 'auto' ? ['--spark-from-gib', String(cluster.from_gib)] : []),
  ];
}

/** What is found is what later windows are compared with. */
function analysis(
  step: ProcessingStep<string, string>,
  folder: Expression<string>,
  { statistics, constraints }: { readonly statistics?: string; readonly constraints: string },
): Analysis {
  const file = (name: string): Expression<string> => join('/', [folder, name]);
  const files = {
    ...(statistics === undefined ? {} : { statistics: file(statistics) }),
    constraints: file(constraints),
  };
  return { steps: [step], calculated: files, baseline: files };
}
