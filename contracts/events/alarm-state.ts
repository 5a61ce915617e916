import * as z from 'zod';
import { eventSchema } from './event';

const state = z.looseObject({
  value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  reason: z.string().optional(),
  /** JSON in a string. */
  reasonData: z.string().optional(),
  timestamp: z.string(),
  /** Present when the actions of a composite alarm were held back; the event is sent all the same. */
  actionsSuppressedBy: z.string().optional(),
});

/** A metric or composite alarm changed its state (source aws.cloudwatch). */
export const alarmStateChange = eventSchema(
  'CloudWatch Alarm State Change',
  z.looseObject({
    alarmName: z.string(),
    state,
    previousState: state.partial().optional(),
    configuration: z.looseObject({ description: z.string().optional() }).optional(),
  }),
);
export type AlarmStateChange = z.infer<typeof alarmStateChange>;
