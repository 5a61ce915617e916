import * as z from 'zod';
import { eventSchema } from './event';

/** A processing job changed its status (source aws.sagemaker). */
export const processingJobStateChange = eventSchema(
  'SageMaker Processing Job State Change',
  z.looseObject({
    ProcessingJobName: z.string(),
    ProcessingJobStatus: z.enum(['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped']),
    FailureReason: z.string().optional(),
    ExitMessage: z.string().optional(),
  }),
);
export type ProcessingJobStateChange = z.infer<typeof processingJobStateChange>;
