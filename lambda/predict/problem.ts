/** One thing that is wrong with a request: a JSON pointer into the body, and words that say what is allowed. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** What each status means here. 4xx: the caller must change something; 5xx: the caller may try again. */
export const titles = {
  400: 'The request is not valid',
  404: 'There is no such path',
  405: 'The method is not allowed here',
  406: 'The answer cannot have that type',
  413: 'The request is too large',
  415: 'The content type is not supported',
  422: 'The model refuses the request',
  502: 'The model failed',
  503: 'No model answers at the moment',
} as const;
export type ProblemStatus = keyof typeof titles;

/** A request that gets no prediction: an answer in the form of RFC 9457. */
export class Problem extends Error {
  constructor(
    readonly status: ProblemStatus,
    detail: string,
    readonly faults: readonly Fault[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
  }
}

/** Body of `application/problem+json`. */
export function problemBody(problem: Problem, requestId: string): Readonly<Record<string, unknown>> {
  return {
    type: 'about:blank',
    title: titles[problem.status],
    status: problem.status,
    detail: problem.message,
    ...(problem.faults.length === 0 ? {} : { errors: problem.faults }),
    request_id: requestId,
  };
}

/** JSON pointer (RFC 6901) of a path. */
export function pointer(...path: readonly string[]): string {
  return `#${path.map((each) => `/${each.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;
}
