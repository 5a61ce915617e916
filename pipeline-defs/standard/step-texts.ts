/** What Studio shows of each step: the graph's label and the sentence beside it. By the name of the step. */
const texts: Readonly<Record<string, readonly [displayName: string, description: string]>> = {
  Preprocess: [
    'Prepare the data',
    'Reads the rows, checks them, and splits them into training, validation and test sets',
  ],
  DataQuality: ['Profile the data', 'Statistics and constraints of the features that later windows are compared with'],
  DataBias: ['Measure bias in the data', 'Differences between groups before anything is learnt'],
  DataBiasGate: ['Read the bias of the data', 'Picks the number that the fairness gate reads out of the report'],
  FairnessGate: [
    'Is the data fair enough?',
    'Ends the execution before training when the data is more biased than allowed',
  ],
  FairnessFailure: ['Too biased to train on', 'Ends the execution; the message has the numbers'],
  Train: ['Train the model', 'Boosts trees on the training set until the validation set stops gaining'],
  Evaluate: ['Evaluate the model', 'Metrics on the test set, against the bound, naive baselines and the live model'],
  ModelQuality: [
    'Baseline of the quality',
    'Metrics, confusion matrix and curves that the registry shows and monitors compare with',
  ],
  Model: ['Model for the checks', 'The model as Clarify asks it'],
  ModelBias: ['Measure bias of the model', 'Differences between groups in what the model answers'],
  ModelBiasGate: ['Read the bias of the model', 'Picks the number that the quality gate reads out of the report'],
  Explain: ['Explain the model', 'Which features count, over all and by row'],
  QualityGate: ['Is the model good enough?', 'Registers the version, or ends the execution'],
  QualityFailure: ['Not good enough', 'Ends the execution; the message has the numbers and the bounds'],
  Register: ['Register the version', 'A version of the model with its metrics, baselines, card and origin'],
};

/** `displayName` and `description` of a step's options; nothing for a step that has no text. */
export function textsOf(step: string): { readonly displayName?: string; readonly description?: string } {
  const [displayName, description] = texts[step] ?? [];
  return displayName === undefined ? {} : { displayName, description };
}
