import { type FrontDoorSettings, probes } from '../../contracts/front-door';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { metadataKeys } from '../../contracts/names';
import { log } from '../shared/log';
import type { Context } from './context';
import { variantOf, versionOf } from './assignment';
import { capture } from './capture';
import { type Asked, invoke, type EndpointAnswer } from './endpoint';
import { type HttpAnswer, type HttpEvent, json } from './event';
import { reasonsOf, type Reason, variations } from './explain';
import type { Live } from './live';
import { Problem } from './problem';
import { type Body, checkRequest, type PredictRequest, readBody } from './request';
import { type Rule, ruleOf } from './values';

/** Answers POST /predict. @throws Problem for every request that gets no prediction. */
export async function predict(context: Context, event: HttpEvent): Promise<HttpAnswer> {
  const { settings, endpoint, ticks } = context;
  const started = ticks();
  const body = readBody(event, settings.api.max_body);
  const known = await context.live.get();
  if (known === undefined) throw new Problem(503, 'No model is deployed yet.', [], { 'retry-after': '60' });
  const request = checkRequest(await completed(context, body), rulesOf(settings, known), settings.api.explanations);

  const inferenceId = context.newId();
  const asked = ticks();
  const variant = settings.trials ? variantOf(known.trial, request.key ?? inferenceId) : undefined;
  const answer = await invoke(endpoint, [request.features], { inferenceId, variant });
  const answered = ticks();
  const reasons = request.explain
    ? await explain(context, request, answer, known, { inferenceId, variant })
    : undefined;
  const time = event.requestContext.timeEpoch;
  if (context.capture !== undefined)
    await capture(context.capture, { instance: request.features, answer, inferenceId, time, draw: context.draw() });
  const version = answer.version ?? versionOf(known.trial, answer.variant);
  const live = await context.live.get(version);

  log('predicted', { inference_id: inferenceId, version: version ?? live?.manifest.version });
  return json(200, content(settings, { answer, version, live, inferenceId, reasons }), {
    // How long the endpoint took, and what the front door added: https://www.w3.org/TR/server-timing/
    'server-timing': `check;dur=${(asked - started).toFixed(2)}, endpoint;dur=${(answered - asked).toFixed(2)}, answer;dur=${(ticks() - answered).toFixed(2)}`,
  });
}

/** The rules of requests: the use case's own, with the categories that the live model learnt. */
export function rulesOf({ fields, api }: FrontDoorSettings, live: Live | undefined): readonly Rule[] {
  return fields.map((field) => {
    const known = field.categories ?? live?.categories.get(field.name);
    return ruleOf(field, api.unknown_categories === 'refuse' || field.categories !== undefined ? known : undefined);
  });
}

/** What the caller sent wins over what the look-up found. */
async function completed({ lookUp }: Context, body: Body): Promise<Body> {
  const { content } = body;
  if (lookUp === undefined || typeof content !== 'object' || content === null) return body;
  const { features } = content as { readonly features?: unknown };
  if (typeof features !== 'object' || features === null || Array.isArray(features)) return body;
  const given = features as Readonly<Record<string, unknown>>;
  const found = await lookUp(given);
  return { ...body, content: { ...content, features: { ...found, ...given } } };
}

/** Null when the reasons could not be computed; the prediction is valid without them. */
async function explain(
  { endpoint }: Context,
  { features }: PredictRequest,
  { predictions: [prediction] }: EndpointAnswer,
  { typical }: Live,
  asked: Asked,
): Promise<readonly Reason[] | null> {
  const varied = variations(features, typical);
  if (prediction === undefined || typical.size === 0) return null;
  if (varied.length === 0) return [];
  try {
    const instances = varied.map((each) => each.instance);
    const { predictions } = await invoke(endpoint, instances, { ...asked, customAttributes: probes.explanation });
    return reasonsOf(prediction, varied, predictions);
  } catch (error) {
    log('no reasons', {
      inference_id: asked.inferenceId,
      because: error instanceof Error ? error.message : String(error),
    });
    return null;
  }
}

function content(
  { useCase }: FrontDoorSettings,
  given: {
    readonly answer: EndpointAnswer;
    readonly version: number | undefined;
    readonly live: Live | undefined;
    readonly inferenceId: string;
    readonly reasons: readonly Reason[] | null | undefined;
  },
): Readonly<Record<string, unknown>> {
  const { answer, version, live, inferenceId, reasons } = given;
  const [prediction] = answer.predictions;
  return {
    prediction: prediction?.label,
    ...(prediction?.score === undefined ? {} : { score: prediction.score }),
    inference_id: inferenceId,
    use_case: useCase,
    model: modelOf(version, live),
    ...(reasons === undefined ? {} : { reasons }),
  };
}

/**
 * Which model answered, and the evidence of its release or of its trial. While a deployment shifts traffic, a new version
 * answers some requests before it is released; then there is its number and no evidence yet.
 */
function modelOf(version: number | undefined, live: Live | undefined): Readonly<Record<string, unknown>> {
  const { manifest, trial } = live ?? {};
  if (manifest !== undefined && (version === undefined || version === manifest.version))
    return { version: manifest.version, release: evidence({ ...manifest, since: manifest.deployed_at }) };
  if (trial?.status === 'running' && version === trial.challenger.version)
    return { version, release: evidence({ ...trial.challenger, since: trial.started_at ?? trial.approved_at }) };
  return { version: version ?? null, release: null };
}

function evidence(released: {
  readonly package_arn: string;
  readonly since: string;
  readonly execution_arn?: string;
  readonly metadata: LiveManifest['metadata'];
}): Readonly<Record<string, unknown>> {
  const { package_arn, since, execution_arn, metadata } = released;
  return {
    package: package_arn,
    deployed_at: since,
    execution: execution_arn ?? null,
    git_commit: metadata[metadataKeys.commit] ?? null,
    data_hash: metadata[metadataKeys.dataHash] ?? null,
    config_hash: metadata[metadataKeys.configHash] ?? null,
  };
}
