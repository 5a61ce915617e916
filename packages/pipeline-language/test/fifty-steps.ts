import {
  ConditionStep,
  FailStep,
  FloatParameter,
  Pipeline,
  ProcessingStep,
  RegisterModelStep,
  type Step,
  TrainingStep,
  greaterThan,
  join,
  modelVersion,
  scriptJob,
  trainingJob,
} from '../src';

const job = {
  role: 'arn:aws:iam::111122223333:role/pipeline',
  image: '141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3',
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
