import { isBody } from '../../core/input';
import type { Body } from '../../core/service';
import { matchesCondition } from './condition';
import { matchesPattern } from './policy-pattern';

/** What is asked: may this be done, in this context of condition keys? */
export interface Question {
  readonly action: string;
  readonly resource: string;
  /** Condition keys in lower case, e.g. aws:region. Absent keys make most conditions false, as in AWS. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

export type Decision = 'allowed' | 'denied' | 'not-allowed';

/** Evaluates policy documents: an explicit Deny wins, then any Allow, else not allowed. */
export function evaluatePolicies(documents: readonly Body[], question: Question): Decision {
  let decision: Decision = 'not-allowed';
  for (const document of documents) {
    for (const statement of statementsOf(document)) {
      if (!applies(statement, question)) continue;
      if (statement.Effect === 'Deny') return 'denied';
      if (statement.Effect === 'Allow') decision = 'allowed';
    }
  }
  return decision;
}

export function statementsOf(document: Body): readonly Body[] {
  const value = document.Statement;
  return (Array.isArray(value) ? value : [value]).filter(isBody);
}

export function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

function applies(statement: Body, question: Question): boolean {
  return (
    appliesToAction(statement, question.action) &&
    appliesToResource(statement, question) &&
    matchesConditions(statement, question)
  );
}

function appliesToAction(statement: Body, action: string): boolean {
  const matches = (pattern: string): boolean => matchesPattern(pattern.toLowerCase(), action.toLowerCase());
  if (statement.NotAction !== undefined) return !strings(statement.NotAction).some(matches);
  return strings(statement.Action).some(matches);
}

function appliesToResource(statement: Body, { resource, context }: Question): boolean {
  const matches = (pattern: string): boolean => matchesPattern(withVariables(pattern, context), resource);
  if (statement.NotResource !== undefined) return !strings(statement.NotResource).some(matches);
  return strings(statement.Resource).some(matches);
}

function matchesConditions(statement: Body, { context }: Question): boolean {
  const condition = statement.Condition;
  if (!isBody(condition)) return true;
  return Object.entries(condition).every(
    ([operator, keys]) =>
      isBody(keys) &&
      Object.entries(keys).every(([key, expected]) =>
        matchesCondition(
          operator,
          key,
          strings(Array.isArray(expected) ? expected.map(String) : [String(expected)]),
          context,
        ),
      ),
  );
}

/** `${aws:PrincipalAccount}` and the like inside a resource pattern. */
function withVariables(pattern: string, context: Question['context']): string {
  return pattern.replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
    if (name === '*' || name === '?' || name === '$') return name;
    const value = context[name.toLowerCase()];
    return typeof value === 'string' ? value : whole;
  });
}
