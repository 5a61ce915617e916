import { z } from 'zod';

/** The rating of the model card, in SageMaker's words, and why it is so. */
export const risk = z.strictObject({
  /** High, Medium, Low, or Unknown while nobody has judged it. */
  rating: z.enum(['High', 'Medium', 'Low', 'Unknown']),
  /** Why: who is affected, what a wrong answer does, who can correct it. */
  reason: z.string().min(1).max(2_048).optional(),
});
