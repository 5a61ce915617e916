import type { Expression, PropertyFile, Step } from '@mooring/pipeline-language';
import type { Locations, Text } from './jobs';

/** Files of an analysis, for the registry. */
export interface Files {
  readonly statistics?: Expression<string>;
  readonly constraints: Expression<string>;
}

/** One analysis of data or model: its steps, what they find, and what later windows are compared with. */
export interface Analysis {
  /** In the order in which they run; all that follows waits for the last. */
  readonly steps: readonly Step[];
  readonly calculated: Files;
  /** The baseline that a version is registered with. */
  readonly baseline: Files;
  /** Holds `absolute`, the distance from fairness: bias only. */
  readonly gate?: PropertyFile;
  /** Statistics of the model's answers: model quality of the open engine only. */
  readonly predictions?: Expression<string>;
}

/** What an engine makes of the five analyses. */
export interface Analyses {
  /** Outputs of Preprocess that the engine needs beside the usual ones. */
  readonly extraOutputs: readonly 'checks'[];
  dataQuality(splits: Splits): Analysis;
  dataBias(splits: Splits): Analysis;
  modelQuality(predictions: Expression<string>): Analysis;
  modelBias(model: ModelUnderTest): Analysis;
  explanations(model: ModelUnderTest): Analysis;
}

/** Where the parts of the data lie. */
export type Splits = (...names: readonly string[]) => Locations;

/** A trained model, its answers on the test set, and the data. */
export interface ModelUnderTest {
  readonly artifact: Text;
  readonly predictions: Expression<string>;
  readonly splits: Splits;
}
