import { distanceName } from '../../contracts/bias-distance';
import { errorMetrics } from '@mooring/use-case/error-metrics';
import type { UseCase } from '@mooring/use-case/use-case';
import {
  type Condition,
  ConditionStep,
  FailStep,
  greaterThan,
  greaterThanOrEqualTo,
  join,
  lessThanOrEqualTo,
  type ProcessingStep,
} from '@mooring/pipeline-language';
import type { Analysis } from './analyses';
import type { StandardParameters } from './parameters';
import { textsOf } from './step-texts';

type EvaluateStep = ProcessingStep<'evaluation' | 'predictions', 'Evaluation' | 'Gate'>;

/** Ends the execution before training when the data is more biased than allowed; absent when there is no such rule. */
export function fairnessGate(
  useCase: UseCase,
  { maxBias }: StandardParameters,
  dataBias: Analysis | undefined,
): ConditionStep | undefined {
  const rule = useCase.fairness?.before_training;
  const facet = useCase.fairness?.facets[0];
  if (rule === undefined || facet === undefined || maxBias === undefined || dataBias?.gate === undefined)
    return undefined;
  const value = dataBias.gate.at('absolute');
  const failure = new FailStep('FairnessFailure', {
    ...textsOf('FairnessFailure'),
    message: join('', [
      `The data is too biased to train on: ${distanceName(rule.metric)} of ${facet.name} is `,
      value,
      ', allowed is at most ',
      maxBias,
    ]),
  });
  return new ConditionStep('FairnessGate', {
    ...textsOf('FairnessGate'),
    conditions: [lessThanOrEqualTo(value, maxBias)],
    elseSteps: [failure],
  });
}

/** What a model has to beat: naive baselines, and the live model by more than noise. */
function rivals({ gates }: UseCase): readonly string[] {
  return [...gates.beat, ...(gates.champion ? ['champion'] : [])];
}

/** The quality metric is within its bound, and every rival is beaten. */
export function qualityConditions(
  useCase: UseCase,
  { quality }: StandardParameters,
  evaluate: EvaluateStep,
): Condition[] {
  const gate = evaluate.file('Gate');
  const { metric } = useCase.gates.quality;
  const within = errorMetrics.includes(metric) ? lessThanOrEqualTo : greaterThanOrEqualTo;
  return [
    within(gate.at('value'), quality),
    ...rivals(useCase).map((baseline) => greaterThan(gate.at(`beats.${baseline}.margin`), 0)),
  ];
}

/** The model's bias is within its bound. */
export function modelFairnessConditions(
  { maxModelBias }: StandardParameters,
  modelBias: Analysis | undefined,
): Condition[] {
  if (maxModelBias === undefined || modelBias?.gate === undefined) return [];
  return [lessThanOrEqualTo(modelBias.gate.at('absolute'), maxModelBias)];
}

/** Says which numbers were compared with which bounds. */
export function qualityFailure(
  useCase: UseCase,
  { quality, maxModelBias }: StandardParameters,
  evaluate: EvaluateStep,
  modelBias: Analysis | undefined,
): FailStep {
  const gate = evaluate.file('Gate');
  const { metric } = useCase.gates.quality;
  const side = errorMetrics.includes(metric) ? 'at most' : 'at least';
  const beaten = rivals(useCase).flatMap((baseline) => [
    `; better than ${baseline} by `,
    gate.at(`beats.${baseline}.margin`),
    ', wanted is more than 0',
  ]);
  const rule = useCase.fairness?.after_training;
  const facet = useCase.fairness?.facets[0];
  const fairness =
    rule === undefined || facet === undefined || maxModelBias === undefined || modelBias?.gate === undefined
      ? []
      : [
          `; ${distanceName(rule.metric)} of ${facet.name} is `,
          modelBias.gate.at('absolute'),
          ', allowed is at most ',
          maxModelBias,
        ];
  return new FailStep('QualityFailure', {
    ...textsOf('QualityFailure'),
    message: join('', [
      `The model is not good enough to register: ${metric} is `,
      gate.at('value'),
      `, wanted is ${side} `,
      quality,
      ...beaten,
      ...fairness,
    ]),
  });
}
