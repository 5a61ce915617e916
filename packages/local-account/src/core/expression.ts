import { createContext, Script } from 'node:vm';

/** A regular expression took longer than it may. */
export class ExpressionTimeout extends Error {
  override readonly name = 'ExpressionTimeout';

  constructor(source: string, milliseconds: number) {
    super(
      `the regular expression ${source.length > 80 ? `${source.slice(0, 80)}...` : source} takes longer than ${milliseconds} ms on this text; nested repetitions such as (a+)+ do`,
    );
  }
}

/**
 * Regular expressions that come from outside (templates, pipelines, training requests): the only place that compiles them.
 *
 * JavaScript's matcher goes back over its choices, and some expressions make it try more of them than a life is long. Here a
 * match has a time limit, after which the engine itself ends it.
 */
const work = new Script(
  'const found = []; for (const match of text.matchAll(new RegExp(source, "g"))) { found.push([...match]); if (first) break; } found',
);

/** Milliseconds that one match, or all matches in one text, may take. */
export const expressionTime = 500;

/**
 * All matches in a text, each with its groups.
 *
 * @throws SyntaxError for what is no expression, ExpressionTimeout.
 */
export function matchesOf(
  source: string,
  text: string,
  { milliseconds = expressionTime, first = false }: { readonly milliseconds?: number; readonly first?: boolean } = {},
): readonly (readonly (string | undefined)[])[] {
  const context = createContext({ source, text, first });
  try {
    const found: unknown = work.runInContext(context, { timeout: milliseconds });
    return (found as readonly (readonly (string | undefined)[])[]).map((match) => [...match]);
  } catch (error) {
    if (codeOf(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new ExpressionTimeout(source, milliseconds);
    throw error instanceof Error ? error : new SyntaxError(messageIn(error));
  }
}

/** Whether an expression is found in a text. @throws SyntaxError, ExpressionTimeout. */
export const found = (source: string, text: string, milliseconds?: number): boolean =>
  matchesOf(source, text, { first: true, ...(milliseconds === undefined ? {} : { milliseconds }) }).length > 0;

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/** Errors of the other context are of another class. */
const messageIn = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
