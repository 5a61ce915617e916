import * as z from 'zod';
import { eventSchema } from './event';

/** A model package was created or changed (source aws.sagemaker). Several may be sent for one change. */
export const modelPackageStateChange = eventSchema(
  'SageMaker Model Package State Change',
  z.looseObject({
    ModelPackageGroupName: z.string(),
    ModelPackageVersion: z.number(),
    ModelPackageArn: z.string(),
    ModelPackageStatus: z.string().optional(),
    ModelApprovalStatus: z.enum(['Approved', 'Rejected', 'PendingManualApproval']),
    /** What an update changed; absent when the package was created. */
    UpdatedModelPackageFields: z.array(z.string()).optional(),
    /** Ours, when the event is handed on: who approved. By then the package was changed by others. */
    approvedBy: z.string().optional(),
  }),
);
export type ModelPackageStateChange = z.infer<typeof modelPackageStateChange>;
