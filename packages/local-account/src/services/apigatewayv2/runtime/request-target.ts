import type { Exchange } from '../../../server/exchange';
import { hostedApi } from '../../../server/virtual-hosts';
import { pathPrefix } from './apis';
import type { StageRecord } from './records';

/** Which API a request is for, and the path below it. */
export function targetOf({ path, headers }: Exchange): { readonly apiId: string; readonly path: string } | undefined {
  const host = hostedApi(headers.host);
  if (host !== undefined) return { apiId: host, path };
  if (!path.startsWith(pathPrefix)) return undefined;
  const [apiId = '', ...rest] = path.slice(pathPrefix.length).split('/');
  return { apiId, path: `/${rest.join('/')}` };
}

/** A stage by the first segment of the path; `$default` takes what no other stage does. */
export function stageOf(
  stages: readonly StageRecord[],
  path: string,
): { readonly stage: StageRecord; readonly path: string } | undefined {
  const named = stages.find((each) => path === `/${each.name}` || path.startsWith(`/${each.name}/`));
  if (named !== undefined) return { stage: named, path: path.slice(named.name.length + 1) || '/' };
  const stage = stages.find((each) => each.name === '$default');
  return stage === undefined ? undefined : { stage, path };
}
