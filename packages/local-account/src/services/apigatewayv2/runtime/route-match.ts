import { labelsOf } from '../../../core/path-template';
import type { RouteRecord } from './records';

export interface Match {
  readonly route: RouteRecord;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The most specific route of a request: an exact path before one with labels, those before a greedy one, `$default` last. */
export function matchRoute(routes: readonly RouteRecord[], method: string, path: string): Match | undefined {
  const candidates = routes
    .flatMap((route) => {
      const match = fits(route, method, path);
      return match === undefined ? [] : [match];
    })
    .sort((a, b) => rank(a.route) - rank(b.route));
  return candidates[0];
}

function fits(route: RouteRecord, method: string, path: string): Match | undefined {
  if (route.key === '$default') return { route, parameters: {} };
  const [wanted = '', pattern = ''] = route.key.split(' ');
  if (wanted !== 'ANY' && wanted !== method) return undefined;
  const parameters = labelsOf(pattern, path);
  return parameters === undefined ? undefined : { route, parameters };
}

function rank({ key }: RouteRecord): number {
  if (key === '$default') return 1_000;
  const greedy = key.includes('+}') ? 100 : 0;
  const labels = key.split('{').length - 1;
  return greedy + labels * 10 + (key.startsWith('ANY ') ? 1 : 0);
}
