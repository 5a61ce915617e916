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
} from '../pipeline-defs/dsl';

const job = {
  role: 'arn:aws:iam::111122223333:role/pipeline',
  image: '141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-py312',
  instance: 'ml.m5.large',
  code: 's3://bucket/code',
} as const;

/** Ten times prepare, train, evaluate and a gate with two branches: with nothing removed it has 60 steps. */
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

/** Milliseconds for one build with its check and its JSON. */
export function once(): number {
  const started = performance.now();
  fiftySteps().toJson();
  return performance.now() - started;
}

if (require.main === module) {
  const first = once();
  const runs = Array.from({ length: 50 }, once).sort((a, b) => a - b);
  const definition = fiftySteps().toDefinition();
  const started = performance.now();
  const problems = checkDefinition(definition);
  const check = performance.now() - started;
  const steps = fiftySteps().graph().nodes.length;
  const show = (value: number | undefined): string => `${(value ?? 0).toFixed(1)} ms`;
  console.log(`steps                   ${steps}, ${fiftySteps().definitionSize} bytes, ${problems.length} problems`);
  console.log(`first build and check   ${show(first)}`);
  console.log(`median of 50            ${show(runs[25])}`);
  console.log(`95th percentile         ${show(runs[47])}`);
  console.log(`check alone             ${show(check)}`);
}
