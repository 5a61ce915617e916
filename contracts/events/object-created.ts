import * as z from 'zod';
import { eventSchema } from './event';

/** An object was written (source aws.s3); at least once, in any order. */
export const objectCreated = eventSchema(
  'Object Created',
  z.looseObject({
    bucket: z.looseObject({ name: z.string() }),
    object: z.looseObject({
      key: z.string(),
      size: z.number().optional(),
      etag: z.string().optional(),
      sequencer: z.string().optional(),
    }),
  }),
);
export type ObjectCreated = z.infer<typeof objectCreated>;
