import { z } from 'zod';
import { asynchronous, serverless, trial } from './serving-variety';
import { stageTests } from './stage-tests';
import { duration, instanceType } from './values';

const trafficShift = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('all-at-once'), bake: duration.default('5m') }),
  z.strictObject({
    type: z.literal('canary'),
    percent: z.number().int().min(1).max(50),
    bake: duration.default('10m'),
  }),
  z.strictObject({
    type: z.literal('linear'),
    percent: z.number().int().min(10).max(50),
    bake: duration.default('5m'),
  }),
  z.strictObject({
    type: z.literal('rolling'),
    percent: z.number().int().min(5).max(50),
    bake: duration.default('5m'),
  }),
]);

/** When the alarms of an endpoint fire. */
export const endpointAlarms = z.strictObject({
  /** Share of the requests that the model answered with a 5xx, in percent. */
  errors: z.number().gt(0).max(100).default(1),
  /** Share of the requests that got no 2xx from the model, its refusals of bad rows and its time-outs included, in percent. */
  model_errors: z.number().gt(0).max(100).default(5),
  /** p95 of the time that the model takes, in milliseconds; not of an asynchronous stage. */
  latency: z.number().int().min(1).max(60_000).default(1_000),
  /** Age of the oldest request that waits; of an asynchronous stage only. */
  age: duration.default('15m'),
});
export type EndpointAlarms = z.infer<typeof endpointAlarms>;

/** One place where models serve: staging or production. */
export const stage = z.strictObject({
  instance: instanceType.default('ml.m5.large'),
  count: z.number().int().min(1).max(100).default(1),
  shift: trafficShift.default({ type: 'all-at-once', bake: '5m' }),
  approval: z.enum(['auto', 'manual']).default('manual'),
  /** Share of requests captured, in percent. */
  capture: z.number().int().min(0).max(100).default(100),
  /** Without instances; instance and count do not count then. */
  serverless: serverless.optional(),
  /** Requests and answers as objects in S3 instead of calls that are waited for. */
  async: asynchronous.optional(),
  /** What an approved version goes through before it replaces the live one; default: nothing more. */
  trial: trial.optional(),
  /** Tests of a version that serves here (`mooring test`); of staging: what production asks for. */
  tests: stageTests.optional(),
  /** When the alarms of the endpoint fire; every endpoint has them. */
  alarms: endpointAlarms.optional(),
  autoscaling: z
    .strictObject({
      min: z.number().int().min(1),
      max: z.number().int().min(1),
      invocations_per_instance: z.number().int().min(1).default(750),
    })
    .optional(),
});
