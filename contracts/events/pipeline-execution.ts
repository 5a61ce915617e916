import * as z from 'zod';
import { eventSchema } from './event';

/** A pipeline execution changed its status (source aws.sagemaker). */
export const pipelineExecutionStatusChange = eventSchema(
  'SageMaker Model Building Pipeline Execution Status Change',
  z.looseObject({
    pipelineArn: z.string(),
    pipelineExecutionArn: z.string(),
    currentPipelineExecutionStatus: z.enum(['Executing', 'Succeeded', 'Failed', 'Stopping', 'Stopped']),
    previousPipelineExecutionStatus: z.string().optional(),
    executionStartTime: z.string().optional(),
    executionEndTime: z.string().optional(),
  }),
);
export type PipelineExecutionStatusChange = z.infer<typeof pipelineExecutionStatusChange>;
