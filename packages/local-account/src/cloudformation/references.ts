import { isBody } from '../core/input';

/** A place in a template that names a resource, parameter or condition. */
export interface Reference {
  readonly kind: 'ref' | 'attribute' | 'condition';
  readonly name: string;
  readonly attribute?: string;
}

/** Every reference below a raw value. Only objects with a single key are functions; an event pattern may look like one and is not. */
export function referencesOf(raw: unknown): readonly Reference[] {
  if (Array.isArray(raw)) return raw.flatMap(referencesOf);
  if (!isBody(raw)) return [];
  const keys = Object.keys(raw);
  if (keys.length === 1) {
    if (typeof raw.Ref === 'string') return [{ kind: 'ref', name: raw.Ref }];
    if (raw['Fn::GetAtt'] !== undefined) return attributeOf(raw['Fn::GetAtt']);
    if (raw['Fn::Sub'] !== undefined) return substituted(raw['Fn::Sub']);
    if (Array.isArray(raw['Fn::If']))
      return [{ kind: 'condition', name: String(raw['Fn::If'][0]) }, ...referencesOf(raw['Fn::If'].slice(1))];
  }
  return Object.values(raw).flatMap(referencesOf);
}

function attributeOf(argument: unknown): readonly Reference[] {
  if (typeof argument === 'string') return [dotted(argument)];
  if (!Array.isArray(argument)) return [];
  const [id, ...rest] = argument as unknown[];
  return [
    {
      kind: 'attribute',
      name: String(id),
      ...(rest.every((each) => typeof each === 'string') ? { attribute: rest.join('.') } : {}),
    },
    ...referencesOf(rest),
  ];
}

function dotted(name: string): Reference {
  const dot = name.indexOf('.');
  return dot < 0
    ? { kind: 'ref', name }
    : { kind: 'attribute', name: name.slice(0, dot), attribute: name.slice(dot + 1) };
}

function substituted(argument: unknown): readonly Reference[] {
  const [template, variables] = Array.isArray(argument)
    ? [argument[0] as unknown, argument[1] as unknown]
    : [argument, {}];
  if (typeof template !== 'string') return [];
  const given = isBody(variables) ? Object.keys(variables) : [];
  const names = [...template.matchAll(/\$\{(?!!)([^}]*)\}/g)].map((match) => (match[1] ?? '').trim());
  return [...names.filter((name) => !given.includes(name)).map(dotted), ...referencesOf(variables)];
}
