import { pipelineParameters } from '../../contracts/pipeline-parameters';
import { errorMetrics } from '@mooring/use-case/error-metrics';
import { prefixes } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { BooleanParameter, FloatParameter, type Parameter, StringParameter } from '@mooring/pipeline-language';
import type { PipelineContext } from './place';

/** What an execution of the standard pipeline can be given; defaults come from the use case. */
export interface StandardParameters {
  readonly inputData: StringParameter;
  readonly labelledData: StringParameter;
  readonly processingImage: StringParameter;
  readonly trainingImage: StringParameter;
  readonly processingInstance: StringParameter;
  readonly trainingInstance: StringParameter;
  readonly approval: StringParameter;
  readonly trigger: StringParameter;
  readonly commit: StringParameter;
  readonly tag: StringParameter;
  /** Bound of the quality gate: MinQuality for scores, MaxError for errors. */
  readonly quality: FloatParameter;
  /** Declared when the live model has to be beaten. */
  readonly champion?: StringParameter;
  readonly maxBias?: FloatParameter;
  readonly maxModelBias?: FloatParameter;
  /** Declared for check steps. */
  readonly skipCheck?: BooleanParameter;
  readonly registerNewBaseline?: BooleanParameter;
}

export function standardParameters({ useCase, place }: PipelineContext): StandardParameters {
  const p = pipelineParameters;
  const { training, gates, fairness } = useCase;
  const isError = errorMetrics.includes(gates.quality.metric);
  const bound = (name: string, gate?: { readonly max: number }): FloatParameter | undefined =>
    gate && new FloatParameter(name, { default: gate.max });
  // A new model brings its own baseline; whoever wants it compared with the last one says so when starting.
  const flag = (name: string): BooleanParameter | undefined =>
    useCase.monitoring.engine === 'model-monitor' ? new BooleanParameter(name, { default: true }) : undefined;
  return {
    inputData: new StringParameter(p.inputData, { default: inputDataUri({ useCase, place }) }),
    labelledData: new StringParameter(p.labelledData, { default: place.noLabels }),
    processingImage: new StringParameter(p.processingImage, { default: place.images.processing }),
    trainingImage: new StringParameter(p.trainingImage, { default: place.images.training }),
    processingInstance: new StringParameter(p.processingInstance, { default: training.processing_instance }),
    trainingInstance: new StringParameter(p.trainingInstance, { default: training.instance }),
    approval: new StringParameter(p.approval, {
      default: approvedByItself(useCase) ? 'Approved' : 'PendingManualApproval',
      allowed: ['Approved', 'PendingManualApproval'],
    }),
    trigger: new StringParameter(p.trigger, { default: 'manual' }),
    commit: new StringParameter(p.commit, { default: place.source?.commit ?? 'unknown' }),
    tag: new StringParameter(p.tag, { default: place.source?.tag ?? 'none' }),
    quality: new FloatParameter(isError ? p.maxError : p.minQuality, { default: gates.quality.bound }),
    champion: gates.champion ? new StringParameter(p.champion, { default: place.noLabels }) : undefined,
    maxBias: bound(p.maxBias, fairness?.before_training),
    maxModelBias: bound(p.maxModelBias, fairness?.after_training),
    skipCheck: flag(p.skipCheck),
    registerNewBaseline: flag(p.registerNewBaseline),
  };
}

/** The declared ones, in a fixed order. */
export function parameterList(parameters: StandardParameters): Parameter[] {
  return Object.values(parameters).filter((each): each is Parameter => each !== undefined);
}

function inputDataUri({ useCase, place }: PipelineContext): string {
  const { location } = useCase.dataset;
  if (location?.startsWith('s3://') === true) return location;
  return `s3://${place.dataBucket}/${prefixes.raw(useCase.name)}`;
}

/** Whether no stage asks for a person. */
function approvedByItself({ stages: { staging, production } }: UseCase): boolean {
  return production.approval === 'auto' && staging?.approval !== 'manual';
}
