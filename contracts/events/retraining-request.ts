import * as z from 'zod';
import { eventSchema } from './event';

/** Our own request to consider a retraining: from a schedule, from the check of alarms that still fire, or from a person. */
export const retrainingRequest = eventSchema(
  'Mooring Retraining Request',
  z.looseObject({ trigger: z.enum(['schedule', 'reconcile', 'manual']), requestedBy: z.string().optional() }),
);
export type RetrainingRequest = z.infer<typeof retrainingRequest>;

/** Source of {@link retrainingRequest}. */
export const ownSource = 'mooring';
