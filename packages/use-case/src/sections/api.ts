import { z } from 'zod';
import { duration } from './values';

const origin = z.string().regex(/^https?:\/\/[A-Za-z0-9.-]+(:[0-9]+)?$/, 'an origin such as https://loans.example.com');

/** The front door: an HTTP API with predictions and labels. Left out: the endpoint is reached through InvokeEndpoint only. */
export const api = z.strictObject({
  /** Who may call: AWS principals that are allowed execute-api:Invoke, or holders of an issuer's token. */
  authorization: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('iam') }),
      z.strictObject({
        type: z.literal('jwt'),
        issuer: z.url({ protocol: /^https$/, error: 'an https URL, as the iss claim of the tokens spells it' }),
        audience: z.array(z.string().min(1)).min(1),
        /** Scopes of which a token must have one; none by default. */
        scopes: z.array(z.string().min(1)).default([]),
      }),
    ])
    .default({ type: 'iam' }),
  /** Requests per second and burst of the whole API; what exceeds them gets a 429. */
  throttling: z
    .strictObject({
      rate: z.number().int().min(1).max(10_000).default(100),
      burst: z.number().int().min(1).max(5_000).default(200),
    })
    .prefault({}),
  /** Origins whose web pages may call from a browser; none by default. */
  cors: z.strictObject({ origins: z.array(origin).min(1), max_age: duration.default('1h') }).optional(),
  /** What becomes of a request with a category that training never saw. */
  unknown_categories: z.enum(['refuse', 'accept']).default('refuse'),
  /** Whether callers may ask for reasons; such a request calls the endpoint twice. */
  explanations: z.boolean().default(true),
  /** Largest request body in bytes. */
  max_body: z.number().int().min(1_024).max(1_048_576).default(65_536),
  alarms: z
    .strictObject({
      /** p95 of the whole answer in milliseconds. */
      latency: z.number().int().min(1).max(30_000).default(1_000),
      /** Share of requests answered with a 5xx, in percent. */
      errors: z.number().gt(0).max(100).default(1),
    })
    .prefault({}),
});
