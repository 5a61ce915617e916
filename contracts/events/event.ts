import * as z from 'zod';

/** What every EventBridge event has around its detail; members that we do not read pass unchecked. */
export function eventSchema<T extends z.ZodType, const D extends string>(detailType: D, detail: T) {
  return z.looseObject({
    id: z.string().min(1),
    'detail-type': z.literal(detailType),
    source: z.string(),
    account: z.string(),
    region: z.string(),
    /** When it happened; functions take "now" from here and never from a clock of their own. */
    time: z.iso.datetime({ offset: true }),
    resources: z.array(z.string()).default([]),
    detail,
  });
}
