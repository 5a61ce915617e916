import { apiPaths } from '../../contracts/front-door';
import { log } from '../shared/log';
import type { Context } from './context';
import { type HttpAnswer, type HttpEvent, json } from './event';
import { openApi } from './open-api';
import { predict, rulesOf } from './predict';
import { Problem, problemBody } from './problem';

type Answer = (context: Context, event: HttpEvent) => Promise<HttpAnswer>;

const routes: Readonly<Record<string, Readonly<Record<string, Answer>>>> = {
  [apiPaths.predict]: { POST: predict },
  [apiPaths.openApi]: { GET: describe },
  [apiPaths.health]: { GET: health },
  // Answered by a function of its own; listed for the 405 of its other methods.
  [apiPaths.labels]: { POST: () => Promise.reject(new Problem(404, 'Labels are not taken here.')) },
};

/** Finds what answers a request, and turns problems into answers that say what to do. */
export async function route(context: Context, event: HttpEvent): Promise<HttpAnswer> {
  try {
    return await answerOf(event)(context, event);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { requestId } = event.requestContext;
    log('not answered', {
      status: error.status,
      // Names of known columns at most; values may be personal data.
      faults: error.faults.length,
      request_id: requestId,
    });
    const headers = { ...error.headers, 'content-type': 'application/problem+json' };
    return json(error.status, problemBody(error, requestId), headers);
  }
}

function answerOf(event: HttpEvent): Answer {
  const path = pathOf(event);
  const methods = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (methods === undefined) {
    throw new Problem(404, `There are ${Object.values(apiPaths).join(', ')}.`);
  }
  const { method } = event.requestContext.http;
  const answer = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (answer === undefined) {
    const allow = Object.keys(methods).join(', ');
    throw new Problem(405, `${path} answers ${allow}.`, [], { allow });
  }
  return answer;
}

/** The path without the stage, which it starts with unless the stage is the default one. */
function pathOf({ rawPath, requestContext: { stage = '$default' } }: HttpEvent): string {
  const prefix = `/${stage}`;
  return stage !== '$default' && rawPath.startsWith(`${prefix}/`) ? rawPath.slice(prefix.length) : rawPath;
}

async function describe({ settings, live }: Context): Promise<HttpAnswer> {
  const rules = rulesOf(settings, await live.get());
  return json(200, openApi(settings, rules));
}

async function health({ settings, live }: Context): Promise<HttpAnswer> {
  const known = await live.get();
  if (known === undefined) throw new Problem(503, 'No model is deployed yet.', [], { 'retry-after': '60' });
  return json(200, { status: 'ok', use_case: settings.useCase, version: known.manifest.version });
}
