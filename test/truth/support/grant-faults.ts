import { canBe } from './arn-forms';
import type { AuthorizationReference } from './authorization-reference';
import type { Statement } from './statements';

/** Keys that AWS puts into every request; the others with `aws:` depend on the action and are in the reference. */
const everywhere =
  /^aws:(currenttime|epochtime|multifactorauthpresent|principal(account|arn|istag|orgid|orgpaths|servicename|servicenameslist|isawsservice|type|tag\/.+)|referer|requestedregion|resource(account|orgid|orgpaths)|securetransport|source(account|arn|ip|vpc|vpce|orgid|orgpaths)|tokenissuetime|useragent|userid|username|via.*|calledvia.*)$/;

/** What is wrong with a statement by AWS's own reference, one line each. */
export function faultsOf(statement: Statement, reference: AuthorizationReference): readonly string[] {
  const { owner, sid, actions, resources, kind } = statement;
  const where = `${owner} ${sid}`;
  const known = actions
    .filter((action) => !action.includes('*'))
    .map((name) => ({ name, action: reference.action(name) }));
  const unknown = known.filter(({ action }) => action === undefined).map(({ name }) => `${where}: no action ${name}`);
  const found = known.flatMap(({ name, action }) => (action === undefined ? [] : [{ name, action }]));
  const unmatched =
    kind === 'trust' || resources.includes('*')
      ? []
      : [
          ...found
            .filter(({ action }) => !resources.some((resource) => action.arns.some((arn) => canBe(resource, arn))))
            .map(({ name }) => `${where}: ${name} does not apply to ${resources.join(', ')}`),
          ...resources
            .filter(
              (resource) =>
                found.length > 0 && !found.some(({ action }) => action.arns.some((arn) => canBe(resource, arn))),
            )
            .map((resource) => `${where}: no action applies to ${resource}`),
        ];
  const keys = Object.values(statement.conditions).flatMap((each) => Object.keys(each).map((key) => key.toLowerCase()));
  const unsupported = keys
    .filter((key) => !everywhere.test(key))
    .flatMap((key) =>
      found
        .filter(({ action }) => !action.conditionKeys.some((pattern) => pattern.test(key)))
        .map(({ name }) => `${where}: ${name} does not know the condition ${key}`),
    );
  return [...unknown, ...unmatched, ...unsupported];
}

/** Actions that AWS asks for beside a granted one and that the same role lacks. */
export function missingDependents(
  statements: readonly Statement[],
  reference: AuthorizationReference,
): readonly string[] {
  const granted = new Map<string, Set<string>>();
  for (const { kind, effect, owner, actions } of statements)
    if (kind === 'role' && effect === 'Allow') granted.set(owner, new Set([...(granted.get(owner) ?? []), ...actions]));
  return [...granted].flatMap(([owner, actions]) =>
    [...actions].flatMap((name) =>
      [...new Set(reference.action(name)?.dependent ?? [])]
        .filter((each) => !actions.has(each))
        .map((each) => `${owner}: ${name} may need ${each}`),
    ),
  );
}
