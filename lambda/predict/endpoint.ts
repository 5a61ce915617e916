import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { variantName } from '../../contracts/names';
import { nameOf } from '../shared/objects';
import { Problem } from './problem';
import type { Value } from './values';

/** One answer of the model. */
export interface Prediction {
  readonly label: number;
  /** Absent for regression. */
  readonly score?: number;
}

export interface EndpointAnswer {
  readonly predictions: readonly Prediction[];
  /** Version of the model package that answered, when its container knows it. */
  readonly version?: number;
  /** Variant that answered. */
  readonly variant?: string;
}

export interface Endpoint {
  readonly runtime: SageMakerRuntimeClient;
  readonly name: string;
}

/** How the endpoint is asked. */
export interface Asked {
  readonly inferenceId: string;
  readonly customAttributes?: string;
  /** Default: the endpoint's weights decide. */
  readonly variant?: string;
}

export type Instance = Readonly<Record<string, Value>>;

interface Body {
  readonly predictions?: readonly { readonly label?: unknown; readonly score?: unknown }[];
  readonly model_version?: unknown;
}

/**
 * Asks the endpoint.
 *
 * @throws Problem 422 with the model's own words when it refuses the values, 502 when it fails, 503 when there is no
 * endpoint or it is too busy.
 */
export async function invoke(
  { runtime, name }: Endpoint,
  instances: readonly Instance[],
  { inferenceId, customAttributes, variant }: Asked,
): Promise<EndpointAnswer> {
  let text: string;
  let answered: string | undefined;
  try {
    const answer = await runtime.send(
      new InvokeEndpointCommand({
        EndpointName: name,
        ContentType: 'application/json',
        Accept: 'application/json',
        Body: Buffer.from(JSON.stringify({ instances })),
        InferenceId: inferenceId,
        CustomAttributes: customAttributes,
        TargetVariant: variant,
      }),
    );
    text = Buffer.from(answer.Body ?? []).toString('utf8');
    answered = answer.InvokedProductionVariant;
  } catch (error) {
    // A trial that ended a moment ago took its variant along; the one that never goes away answers instead.
    if (variant !== undefined && variant !== variantName && nameOf(error) === 'ValidationError')
      return invoke({ runtime, name }, instances, { inferenceId, customAttributes, variant: variantName });
    throw problemOf(error);
  }
  return { ...parse(text, instances.length), variant: answered };
}

function parse(text: string, count: number): EndpointAnswer {
  const body = parsed(text);
  const predictions = (body?.predictions ?? []).flatMap(({ label, score }) =>
    typeof label !== 'number' || (score !== undefined && typeof score !== 'number')
      ? []
      : [{ label, ...(score === undefined ? {} : { score }) }],
  );
  if (predictions.length !== count) throw new Problem(502, "The model's answer is not what its contract says.");
  const version = Number(body?.model_version);
  return { predictions, ...(Number.isInteger(version) && version > 0 ? { version } : {}) };
}

function parsed(text: string): Body | undefined {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return undefined;
  }
}

interface ServiceError {
  readonly name?: string;
  readonly message?: string;
  readonly OriginalStatusCode?: number;
  readonly OriginalMessage?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function problemOf(error: unknown): Problem {
  const { name = '', message = '', OriginalStatusCode: status = 0, OriginalMessage: words } = error as ServiceError;
  const later = { 'retry-after': '5' };
  if (name === 'ModelError') {
    if (status >= 400 && status < 500)
      return new Problem(422, words ?? 'The model refuses these values and does not say why.');
    return new Problem(502, 'The model could not answer; try again.');
  }
  if (name === 'ValidationError' && /not found/i.test(message))
    return new Problem(503, 'No model is deployed yet.', [], { 'retry-after': '60' });
  if (/Throttl|TooManyRequests|ServiceUnavailable|ModelNotReady|InternalDependency/.test(name))
    return new Problem(503, 'The model is too busy; try again.', [], later);
  // What is left is a fault of ours, such as a missing grant: it belongs into the log and the error alarm.
  throw error;
}
