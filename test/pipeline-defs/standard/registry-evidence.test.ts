import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { stackNames } from '../../../contracts/names';
import { modelCard } from '../../../pipeline-defs/standard/model-card-schema';
import { root, testUseCases } from '../../support/app';
import { nativeUseCase } from '../../support/native-use-case';
import { definition, synthTemplates } from '../../support/templates';

const shipped = loadUseCases(join(root, 'pipeline-defs'));
const native = { ...nativeUseCase(), useCase: { ...nativeUseCase().useCase, name: 'native' } };
const loaded = [...shipped, ...testUseCases(), native];
const { template, outdir } = synthTemplates(loaded);
afterAll(() => rmSync(outdir, { recursive: true }));

type Node = Readonly<Record<string, unknown>>;

/** What SageMaker makes of an expression when the step runs; numbers of reports are 0.75. */
function evaluated(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, inner] = ['', undefined]] = Object.entries(value);
  if (name === 'Std:Join') {
    const { On, Values } = inner as { readonly On: string; readonly Values: readonly unknown[] };
    return Values.map(evaluated).join(On);
  }
  return name === 'Std:JsonGet' ? '0.75' : String(inner);
}

const stepsOf = (useCase: string): readonly Node[] => {
  const all = definition(template(stackNames.training(useCase))).Steps as unknown as readonly Node[];
  const inside = (step: Node): readonly Node[] => {
    const { IfSteps = [], ElseSteps = [] } = step['Arguments'] as {
      IfSteps?: readonly Node[];
      ElseSteps?: readonly Node[];
    };
    return [step, ...IfSteps.flatMap(inside), ...ElseSteps.flatMap(inside)];
  };
  return all.flatMap(inside);
};
const registered = (useCase: string): Node =>
  stepsOf(useCase).find((each) => each['Type'] === 'RegisterModel')?.['Arguments'] as Node;
const cardOf = (useCase: string): string => evaluated((registered(useCase)['ModelCard'] as Node)['ModelCardContent']);
const names = loaded.map((each) => each.useCase.name);

describe.each(names)('a version of %s', (useCase) => {
  test("has metrics in Model Monitor's layout, which Studio draws, and not our own report", () => {
    const metrics = registered(useCase)['ModelMetrics'] as { readonly ModelQuality: { readonly Statistics: Node } };
    const uri = evaluated(metrics.ModelQuality.Statistics['S3Uri']);
    expect(uri).toMatch(/ModelQuality.*(statistics\.json|CalculatedBaselineStatistics)/i);
    expect(uri).not.toContain('evaluation.json');
  });

  test('has a card with training, evaluation and risk that fits the schema of the service', () => {
    const text = cardOf(useCase);
    expect(text.length).toBeLessThanOrEqual(100_000);
    const card = modelCard.parse(JSON.parse(text));
    const { risk, task } = loaded.find((each) => each.useCase.name === useCase)?.useCase ?? {};
    expect(card.intended_uses.risk_rating).toBe(risk?.rating ?? 'Unknown');
    expect(card.additional_information.custom_details['task']).toBe(task);
    expect(card.training_details.training_job_details.training_arn).toBe('Steps.Train.TrainingJobArn');
    expect(card.evaluation_details[0]?.metric_groups[0]?.metric_data.map((each) => each.name)).toContain(
      task === 'binary' ? 'auc' : 'rmse',
    );
  });
});

test('every step has a label and a description, so that a graph reads as sentences', () => {
  const bare = names.flatMap((useCase) =>
    stepsOf(useCase)
      .filter((each) => typeof each['DisplayName'] !== 'string' || typeof each['Description'] !== 'string')
      .map((each) => `${useCase} ${String(each['Name'])}`),
  );
  expect(bare).toEqual([]);
});

const schemaFile = join(root, '../shared/parity/model-card.schema.json');
const present = existsSync(schemaFile);
if (!present) console.warn(`skipped: ${schemaFile} is not there (the published schema of model cards)`);

(present ? test : test.skip)('cards pass the published schema, too', () => {
  const valid = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);
  const problems = names.flatMap((useCase) =>
    valid(JSON.parse(cardOf(useCase))) ? [] : [`${useCase}: ${JSON.stringify(valid.errors)}`],
  );
  expect(problems).toEqual([]);
});

test('shipped use cases say how much harm wrong answers can do', () => {
  expect(shipped.filter((each) => each.useCase.risk === undefined).map((each) => each.useCase.name)).toEqual([]);
});

test('the prebuilt XGBoost image gets no metric definitions, because CreateTrainingJob refuses them for it', () => {
  const trained = names.map((useCase) => stepsOf(useCase).find((each) => each['Type'] === 'Training')?.['Arguments']);
  expect(trained.filter((each) => JSON.stringify(each).includes('MetricDefinitions'))).toEqual([]);
});
