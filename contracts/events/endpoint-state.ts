import * as z from 'zod';
import { eventSchema } from './event';

/** An endpoint changed its status (source aws.sagemaker). The status is in upper case here, unlike in the API. */
export const endpointStateChange = eventSchema(
  'SageMaker Endpoint State Change',
  z.looseObject({
    EndpointName: z.string(),
    EndpointArn: z.string().optional(),
    EndpointConfigName: z.string().optional(),
    /** IN_SERVICE, FAILED, UPDATING, ROLLING_BACK, UPDATE_ROLLBACK_FAILED, DELETED ... */
    EndpointStatus: z.string(),
  }),
);
export type EndpointStateChange = z.infer<typeof endpointStateChange>;
