import * as z from 'zod';
import { stageNames } from '../names';
import { eventSchema } from './event';

/** Our own request to end a trial: with the new version, or without; from `mooring ab`, `mooring shadow` or PutEvents. */
export const trialDecision = eventSchema(
  'Mooring Trial Decision',
  z.looseObject({
    useCase: z.string(),
    stage: z.enum(stageNames),
    decision: z.enum(['promote', 'stop']),
    /** Version on trial that the decision is about, so that a late decision does not end another trial. */
    version: z.number().int().positive(),
    requestedBy: z.string().min(1).optional(),
    reason: z.string().optional(),
  }),
);
export type TrialDecision = z.infer<typeof trialDecision>;
