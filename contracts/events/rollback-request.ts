import * as z from 'zod';
import { stageNames } from '../names';
import { eventSchema } from './event';

/** Our own request to bring the previous version of a stage back; from `mooring rollback` or from anybody with PutEvents. */
export const rollbackRequest = eventSchema(
  'Mooring Rollback Request',
  z.looseObject({
    useCase: z.string(),
    stage: z.enum(stageNames),
    requestedBy: z.string().min(1).optional(),
    reason: z.string().optional(),
  }),
);
export type RollbackRequest = z.infer<typeof rollbackRequest>;
