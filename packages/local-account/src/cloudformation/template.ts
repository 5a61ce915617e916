import { parseDocument, type Tags } from 'yaml';
import { nestsDeeper } from '../core/json';
import { AwsError } from '../core/errors';
import { isBody } from '../core/input';
import type { Body } from '../core/service';

/** A resource as the template spells it: nothing is resolved. */
export interface TemplateResource {
  readonly type: string;
  readonly properties: Body;
  readonly dependsOn: readonly string[];
  readonly condition?: string;
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: DeletionPolicy;
  readonly metadata: Body;
  /** aws:cdk:path of the Metadata. */
  readonly constructPath?: string;
}

const deletionPolicies = ['Delete', 'Retain', 'RetainExceptOnCreate'] as const;
export type DeletionPolicy = (typeof deletionPolicies)[number];

export interface Template {
  readonly description: string;
  readonly metadata: Body;
  readonly parameters: Readonly<Record<string, Body>>;
  readonly mappings: Body;
  readonly conditions: Body;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly outputs: Readonly<Record<string, Body>>;
}

const sections = [
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Transform',
  'Resources',
  'Outputs',
  'Hooks',
];
const resourceAttributes = [
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'Metadata',
  'UpdatePolicy',
  'CreationPolicy',
];

export const formatError = (message: string): AwsError =>
  new AwsError('ValidationError', `Template format error: ${message}`);

/** Reads a template, JSON or YAML with the short forms of intrinsic functions. @throws AwsError that lists all problems. */
export function parseTemplate(source: string): Template {
  const raw = parseSource(source);
  const problems: string[] = [];
  for (const name of Object.keys(raw))
    if (!sections.includes(name)) problems.push(`unknown section '${name}'; allowed: ${sections.join(', ')}`);
  if (raw.Hooks !== undefined) problems.push("the section 'Hooks' is not supported by the local account");
  const transforms = Array.isArray(raw.Transform) ? raw.Transform : raw.Transform === undefined ? [] : [raw.Transform];
  for (const each of transforms)
    if (each !== 'AWS::LanguageExtensions')
      problems.push(
        `the transform '${String(each)}' is not supported by the local account; allowed: AWS::LanguageExtensions`,
      );
  const section = (name: string): Body => {
    const value = raw[name] ?? {};
    if (isBody(value)) return value;
    problems.push(`'${name}' must be a map`);
    return {};
  };
  const entries = (name: string): Readonly<Record<string, Body>> =>
    Object.fromEntries(
      Object.entries(section(name)).flatMap(([id, value]) => {
        if (isBody(value)) return [[id, value]];
        problems.push(`'${name}.${id}' must be a map`);
        return [];
      }),
    );
  const resources = Object.fromEntries(
    Object.entries(entries('Resources')).map(([id, value]) => [id, resourceOf(id, value, problems)]),
  );
  if (Object.keys(resources).length === 0) problems.push('at least one Resources member must be defined');
  const template: Template = {
    description: typeof raw.Description === 'string' ? raw.Description : '',
    metadata: section('Metadata'),
    parameters: entries('Parameters'),
    mappings: section('Mappings'),
    conditions: section('Conditions'),
    resources,
    outputs: entries('Outputs'),
  };
  if (problems.length > 0) throw formatError(problems.join('; '));
  return template;
}

function resourceOf(id: string, raw: Body, problems: string[]): TemplateResource {
  for (const name of Object.keys(raw))
    if (!resourceAttributes.includes(name))
      problems.push(`resource ${id} has the unknown attribute '${name}'; allowed: ${resourceAttributes.join(', ')}`);
  for (const name of ['UpdatePolicy', 'CreationPolicy'])
    if (raw[name] !== undefined) problems.push(`the ${name} of resource ${id} is not supported by the local account`);
  if (typeof raw.Type !== 'string') problems.push(`resource ${id} has no Type`);
  const policy = (name: string): DeletionPolicy => {
    const value = raw[name] ?? 'Delete';
    const known = deletionPolicies.find((each) => each === value);
    if (known === undefined)
      problems.push(
        `the ${name} '${String(value)}' of resource ${id} is not supported; allowed: ${deletionPolicies.join(', ')}`,
      );
    return known ?? 'Delete';
  };
  const properties = raw.Properties ?? {};
  if (!isBody(properties)) problems.push(`the Properties of resource ${id} must be a map`);
  const metadata = isBody(raw.Metadata) ? raw.Metadata : {};
  const path = metadata['aws:cdk:path'];
  const dependsOn = raw.DependsOn === undefined ? [] : Array.isArray(raw.DependsOn) ? raw.DependsOn : [raw.DependsOn];
  return {
    type: String(raw.Type),
    properties: isBody(properties) ? properties : {},
    dependsOn: dependsOn.map(String),
    ...(typeof raw.Condition === 'string' ? { condition: raw.Condition } : {}),
    deletionPolicy: policy('DeletionPolicy'),
    updateReplacePolicy: policy('UpdateReplacePolicy'),
    metadata,
    ...(typeof path === 'string' ? { constructPath: path } : {}),
  };
}

function parseSource(source: string): Body {
  if (source.trimStart().startsWith('{')) {
    try {
      const value: unknown = JSON.parse(source);
      if (isBody(value)) return shallow(value);
    } catch (error) {
      if (error instanceof AwsError) throw error;
      // A YAML flow mapping also starts with a brace.
    }
  }
  const value: unknown = yamlOf(source);
  if (!isBody(value)) throw formatError('the template must be a map');
  return shallow(value);
}

/** What the functions that walk a template can walk. */
function shallow(template: Body): Body {
  if (nestsDeeper(template, deepestTemplate)) throw tooDeep();
  return template;
}

/** Levels of a template: far more than anybody writes, far fewer than the stack holds. */
const deepestTemplate = 100;
const tooDeep = (): AwsError => formatError(`the template nests deeper than ${deepestTemplate} levels`);

function yamlOf(source: string): unknown {
  const options = { customTags: shortForms(), maxAliasCount: 100 } as Parameters<typeof parseDocument>[1];
  try {
    const document = parseDocument(source, options);
    const first = document.errors[0];
    if (first?.message.startsWith('Maximum call stack') === true) throw tooDeep();
    if (first !== undefined) throw formatError(`neither valid JSON nor valid YAML: ${first.message}`);
    return document.toJS();
  } catch (error) {
    // The parser gives up on deep nesting by its stack, on aliases that multiply by an error of its own.
    if (error instanceof RangeError) throw tooDeep();
    if (error instanceof ReferenceError) throw formatError(error.message);
    throw error;
  }
}

/** `!Sub text` for `{Fn::Sub: text}` and so on, for scalars, lists and maps. */
function shortForms(): Tags {
  const names = [
    'Ref',
    'Condition',
    'GetAtt',
    'Sub',
    'Join',
    'Select',
    'Split',
    'If',
    'Equals',
    'And',
    'Or',
    'Not',
    'FindInMap',
    'ImportValue',
    'Base64',
    'GetAZs',
    'Cidr',
    'ToJsonString',
    'Length',
    'Transform',
  ];
  const wrap = (name: string, value: unknown): unknown => {
    if (name === 'Ref' || name === 'Condition') return { [name]: value };
    if (name === 'GetAtt' && typeof value === 'string')
      return { 'Fn::GetAtt': [value.slice(0, value.indexOf('.')), value.slice(value.indexOf('.') + 1)] };
    return { [`Fn::${name}`]: value };
  };
  const toValue = (node: unknown): unknown =>
    typeof node === 'object' && node !== null && 'toJSON' in node ? (node as { toJSON: () => unknown }).toJSON() : node;
  return names.flatMap((name) => [
    { tag: `!${name}`, resolve: (text: string) => wrap(name, text) },
    { tag: `!${name}`, collection: 'seq' as const, resolve: (node: unknown) => wrap(name, toValue(node)) },
    { tag: `!${name}`, collection: 'map' as const, resolve: (node: unknown) => wrap(name, toValue(node)) },
  ]) as Tags;
}
