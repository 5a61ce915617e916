import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AskedPermission } from '@mooring/local-account/src/core/recording';
import type { Body } from '@mooring/local-account/src/core/service';
import { evaluatePolicies, statementsOf, strings } from '@mooring/local-account/src/services/shared/policy';

interface Policies {
  readonly role: string;
  readonly documents: readonly Body[];
}

/** One action of one statement of one role. */
export interface Mutation {
  /** Name of the role without the random end that CloudFormation gives. */
  readonly role: string;
  readonly sid: string;
  readonly action: string;
  /** Whether something that the account asked for, and that was allowed, would be refused without it. */
  readonly noticed: boolean;
}

/** Lines of a kind that {@link Recording} wrote below a folder. */
export function recorded<T>(folder: string, kind: string): readonly T[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(`.${kind}.jsonl`))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/**
 * Takes away every action of every role in turn and looks up again everything that was asked during a run: what is still
 * allowed without an action does not show that the action is needed.
 *
 * @param folder with what {@link Recording} wrote
 * @param concerns which roles to look at
 */
export function mutations(folder: string, concerns: (role: string) => boolean): readonly Mutation[] {
  const asked = new Map<string, AskedPermission[]>();
  for (const each of recorded<AskedPermission>(folder, 'permissions'))
    if (each.byResource === 'not-allowed') asked.set(each.role, [...(asked.get(each.role) ?? []), each]);
  // Policies of a role as the whole application has them: earlier ones were written while it was deployed, later ones by
  // who made something fail.
  const fullest = new Map<string, readonly Body[]>();
  for (const { role, documents } of recorded<Policies>(folder, 'policies'))
    if (actionsOf(documents) >= actionsOf(fullest.get(role) ?? [])) fullest.set(role, documents);
  return [...fullest]
    .filter(([role]) => concerns(role))
    .flatMap(([role, documents]) => ofRole(role, documents, asked.get(role) ?? []));
}

/** How many actions are allowed that AWS knows: `sagemaker:None` and the like are none. */
function actionsOf(documents: readonly Body[]): number {
  const statements = documents.flatMap((document) => statementsOf(document));
  return statements.flatMap((each) => strings(each['Action'])).filter((action) => !action.endsWith(':None')).length;
}

function ofRole(role: string, documents: readonly Body[], asked: readonly AskedPermission[]): readonly Mutation[] {
  const allowed = asked.filter((each) => evaluatePolicies(documents, each) === 'allowed');
  const statements = documents.flatMap((document) => statementsOf(document));
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap((statement) =>
      strings(statement['Action']).map((action) => {
        const others = statements.filter((each) => each !== statement);
        const left = { ...statement, Action: strings(statement['Action']).filter((each) => each !== action) };
        const without = [{ Statement: [...others, left] }];
        return {
          role: role.replace(/-[A-Za-z0-9]{12,13}$/, ''),
          sid: String(statement['Sid'] ?? ''),
          action,
          noticed: allowed.some((each) => evaluatePolicies(without, each) !== 'allowed'),
        };
      }),
    );
}
