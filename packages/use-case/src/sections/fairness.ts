import { z } from 'zod';
import { columnName, scalar } from './values';

const facet = z.strictObject({
  name: columnName,
  /** Value of the disadvantaged group (Clarify's sensitive group d). */
  disadvantaged: scalar.optional(),
  /** For a continuous facet: rows above this value are the disadvantaged group. */
  threshold: z.number().optional(),
});

export const preTrainingBiasMetrics = ['CI', 'DPL', 'KL', 'JS', 'LP', 'TVD', 'KS', 'CDDL'] as const;
export const postTrainingBiasMetrics = [
  'DPPL',
  'DI',
  'DCA',
  'DCR',
  'RD',
  'DAR',
  'DRR',
  'AD',
  'TE',
  'FT',
  'CDDPL',
  'SD',
  'GE',
] as const;

/** Whom the model may not treat worse, and the bounds of that. */
export const fairness = z.strictObject({
  facets: z.array(facet).min(1).max(5),
  /** Gate before training: bounds the distance of the first facet's metric from fairness: |metric|, for DI |1 - DI|. */
  before_training: z.strictObject({ metric: z.enum(preTrainingBiasMetrics), max: z.number().min(0) }).optional(),
  /** Gate after training: the same of the predictions. */
  after_training: z.strictObject({ metric: z.enum(postTrainingBiasMetrics), max: z.number().min(0) }).optional(),
  /** Column by whose values CDDL and CDDPL are conditioned. */
  group_variable: columnName.optional(),
});
