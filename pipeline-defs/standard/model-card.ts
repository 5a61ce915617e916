import { distanceName } from '../../contracts/bias-distance';
import { featureNames, type UseCase } from '../../packages/use-case/src/use-case';

/** Longest text the model-card schema takes in one field. */
const longestText = 2_048;
const longestDetail = 1_024;

/** Content of the model card that travels with a version: what the use case says about itself. JSON. */
export function modelCardContent(useCase: UseCase): string {
  const { fairness, gates, monitoring } = useCase;
  const details: Readonly<Record<string, string | undefined>> = {
    task: useCase.task,
    label: useCase.dataset.label,
    features: featureNames(useCase).join(', '),
    split: `${useCase.split.method}, ${useCase.split.test_size} for testing, seed ${useCase.split.seed}`,
    quality_gate: `${gates.quality.metric} bound ${gates.quality.bound}`,
    baselines_to_beat: gates.beat.join(', ') || undefined,
    facets: fairness?.facets.map((each) => each.name).join(', '),
    fairness_gate_before_training: gate(fairness?.before_training),
    fairness_gate_after_training: gate(fairness?.after_training),
    monitored_features:
      monitoring.features.map((each) => `${each.name} (${each.detector} ${each.threshold})`).join(', ') || undefined,
  };
  return JSON.stringify({
    model_overview: { model_creator: 'Mooring' },
    business_details: { business_problem: cut(useCase.title, longestText) },
    intended_uses: {
      purpose_of_model: cut(useCase.purpose, longestText),
      risk_rating: 'Unknown',
    },
    additional_information: {
      custom_details: Object.fromEntries(
        Object.entries(details).flatMap(([key, value]) =>
          value === undefined ? [] : [[key, cut(value, longestDetail)]],
        ),
      ),
    },
  });
}

function gate(rule: { readonly metric: string; readonly max: number } | undefined): string | undefined {
  return rule && `${distanceName(rule.metric)} at most ${rule.max}`;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3)}...`;
}
