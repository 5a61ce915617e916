import type { Step } from './step';

/** Runs some steps again and takes the results of the others from an earlier execution. */
export interface SelectiveExecution {
  readonly steps: readonly (Step | string)[];
  /** The execution whose results are reused; the latest one when left out. */
  readonly source?: string;
}

/** The SelectiveExecutionConfig of StartPipelineExecution. */
export interface SelectiveExecutionConfig {
  readonly SelectedSteps: readonly { readonly StepName: string }[];
  readonly SourcePipelineExecutionArn?: string;
}

/** SageMaker takes between 1 and this many selected steps. */
export const MAX_SELECTED_STEPS = 50;

/** Builds the configuration; `known` are the step names of the pipeline, so that a misspelt one is found here. */
export function selectiveExecution(
  { steps, source }: SelectiveExecution,
  known: readonly string[],
): SelectiveExecutionConfig {
  const names = steps.map((step) => (typeof step === 'string' ? step : step.name));
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`selected step ${unknown.join(', ')} is unknown: the pipeline has ${known.join(', ')}`);
  if (names.length === 0 || names.length > MAX_SELECTED_STEPS) {
    throw new Error(`${names.length} steps are selected: between 1 and ${MAX_SELECTED_STEPS} are allowed`);
  }
  const config = { SelectedSteps: names.map((StepName) => ({ StepName })) };
  return source === undefined ? config : { ...config, SourcePipelineExecutionArn: source };
}
