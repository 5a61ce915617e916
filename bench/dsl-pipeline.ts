// `npx ts-node bench/dsl-pipeline.ts`: how long building and checking a pipeline of 50 steps takes (bound: 50 ms).
import {
  ConditionStep,
  FailStep,
  FloatParameter,
  Pipeline,
  ProcessingStep,
  RegisterModelStep,
  type Step,
  TrainingStep,
  checkDefinition,
  greaterThan,
  join,
  modelVersion,
  scriptJob,
  trainingJob,
} from '../packages/pipeline-language/src';

const job = {
  role: 'arn:aws:iam::111122223333:role/pipeline',
  image: '141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-py312',
  instance: 'ml.m5.large',
  code: 's3://bucket/code',
} as const;

/** Ten times prepare, train, evaluate and a gate with one step in a branch. */
export function fiftySteps(): Pipeline {
  const least = new FloatParameter('MinF1', { default: 0.5 });
  const steps = Array.from({ length: 10 }, (_, i): Step[] => {
    const outputs = { train: `s3://bucket/${i}/train`, test: `s3://bucket/${i}/test` };
    const prepare = new ProcessingStep(`Prepare${i}`, {
      arguments: scriptJob({ ...job, script: 'prepare.py', inputs: { raw: 's3://bucket/raw' }, outputs }),
    });
    const train = new TrainingStep(`Train${i}`, {
      arguments: trainingJob({
        ...job,
        channels: { train: prepare.output('train') },
        hyperParameters: { depth: i, eta: 0.1 },
        output: `s3://bucket/${i}/model`,
      }),
      cache: { expireAfter: 'P30D' },
    });
    const inputs = { model: train.artifact, test: prepare.output('test') };
    const evaluate = new ProcessingStep(`Evaluate${i}`, {
      arguments: scriptJob({ ...job, script: 'evaluate.py', inputs, outputs: { metrics: `s3://bucket/${i}/metrics` } }),
      propertyFiles: { Report: { output: 'metrics', path: 'evaluation.json' } },
    });
    const f1 = evaluate.report.at('binary_classification_metrics.f1.value');
    const register = new RegisterModelStep(`Register${i}`, {
      arguments: modelVersion({ group: 'bench', image: job.image, artifact: train.artifact }),
    });
    const refuse = new FailStep(`Refuse${i}`, { message: join(' ', ['F1 is', f1]) });
    const branches = i < 5 ? { ifSteps: [register] } : { elseSteps: [refuse] };
    const gate = new ConditionStep(`Gate${i}`, { conditions: [greaterThan(f1, least)], ...branches });
    return [prepare, train, evaluate, gate];
  });
  return new Pipeline({ name: 'fifty-steps', parameters: [least], steps: steps.flat() });
}

/** Wall and processor milliseconds of one build with its check and its JSON. */
export function once(): { readonly wall: number; readonly processor: number } {
  const [started, before] = [performance.now(), process.cpuUsage()];
  fiftySteps().toJson();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - started, processor: (user + system) / 1000 };
}

if (require.main === module) {
  const first = once();
  const runs = Array.from({ length: 50 }, once);
  const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
  const row = (name: string, wall: number, processor: number): void =>
    console.log(
      `${name.padEnd(24)} ${wall.toFixed(1).padStart(8)} ms   processor ${processor.toFixed(1).padStart(8)} ms`,
    );
  const pipeline = fiftySteps();
  console.log(
    `${pipeline.graph().nodes.length} steps, ${pipeline.definitionSize} bytes, ${checkDefinition(pipeline.render()).length} problems`,
  );
  row('first build and check', first.wall, first.processor);
  row('median of 50', median(runs.map((run) => run.wall)), median(runs.map((run) => run.processor)));
  row('fastest of 50', Math.min(...runs.map((run) => run.wall)), Math.min(...runs.map((run) => run.processor)));
}
