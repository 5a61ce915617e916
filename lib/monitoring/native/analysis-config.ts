import { resourceNames } from '../../../contracts/names';
import { featureNames, type UseCase } from '@mooring/use-case/use-case';

/** Clarify's analysis_config.json of the bias monitor: facets, label, and the one metric that is watched. */
export function biasConfig(useCase: UseCase): Record<string, unknown> {
  const { dataset, fairness, monitoring } = useCase;
  return {
    ...common(useCase),
    label_values_or_threshold: [dataset.positive],
    facet: fairness?.facets.map((facet) => ({
      name_or_index: facet.name,
      value_or_threshold: [facet.disadvantaged ?? facet.threshold],
    })),
    ...(fairness?.group_variable === undefined ? {} : { group_variable: fairness.group_variable }),
    methods: { post_training_bias: { methods: monitoring.bias === undefined ? 'all' : [monitoring.bias.metric] } },
  };
}

/** Clarify's analysis_config.json of the explanations monitor: kernel SHAP of the endpoint's model. */
export function explanationsConfig(useCase: UseCase): Record<string, unknown> {
  return {
    ...common(useCase),
    methods: { shap: { num_samples: 100, agg_method: 'mean_abs', save_local_shap_values: false } },
    // By endpoint, not by model: every deployment makes a model with a new name.
    predictor: {
      endpoint_name: resourceNames.endpoint(useCase.name),
      content_type: 'text/csv',
      accept_type: 'text/csv',
    },
  };
}

function common(useCase: UseCase): Record<string, unknown> {
  return {
    dataset_type: 'text/csv',
    headers: [...featureNames(useCase), useCase.dataset.label],
    label: useCase.dataset.label,
  };
}
