import type { Field, FrontDoorSettings } from './front-door';
import { type Api, type Column, featureNames, type UseCase } from '@mooring/use-case/use-case';

/** Settings of the predict function; apart from its type, so that the function's bundle holds no schema library. */
export function frontDoorSettings(useCase: UseCase, api: Api): FrontDoorSettings {
  const features = new Set(featureNames(useCase));
  const { columns, label } = useCase.dataset;
  const fields = columns.filter((each) => features.has(each.name)).map(fieldOf);
  const learnt = useCase.labels === undefined ? undefined : columns.find((each) => each.name === label);
  const { serverless, capture, trial } = useCase.stages.production;
  const { authorization, unknown_categories, explanations, max_body } = api;
  return {
    useCase: useCase.name,
    title: useCase.title,
    purpose: useCase.purpose,
    version: useCase.version,
    task: useCase.task,
    fields,
    ...(learnt === undefined ? {} : { label: fieldOf(learnt) }),
    ...(serverless === undefined || capture === 0 ? {} : { capture }),
    trials: trial !== undefined,
    api: { authorization, unknown_categories, explanations, max_body },
  };
}

function fieldOf({ name, type, categories, min, max, nullable }: Column): Field {
  return { name, type, categories, min, max, nullable };
}
