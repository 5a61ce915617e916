import { z } from 'zod';
import { checkRefusedUseCase, type Complaint } from './use-case-checks';
import { useCaseSchema } from './use-case';

type Issue = z.core.$ZodIssue;

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly oneOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
}

/** The JSON schema of `use-case.yaml`, as editors want it: keys with a default need not be written. */
export function useCaseJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(useCaseSchema, { io: 'input' });
  return { $schema, title: 'Mooring use case', ...schema };
}

/**
 * All problems of a use-case document, in the order of the document's schema; empty when it is valid.
 *
 * @param document the parsed YAML.
 */
export function useCaseProblems(document: unknown): Complaint[] {
  const result = useCaseSchema.safeParse(document);
  if (result.success) return [];
  const problems = result.error.issues.flatMap((issue) => describe(issue, document));
  const reported = new Set(problems.map(keyOf));
  // The checks across sections do not run inside zod while the shape is wrong: add what they find here.
  return [...problems, ...checkRefusedUseCase(document).filter((each) => !reported.has(keyOf(each)))];
}

function keyOf({ path, message }: Complaint): string {
  return JSON.stringify([path, message]);
}

function describe(issue: Issue, document: unknown): Complaint[] {
  const path = issue.path.filter((each) => typeof each !== 'symbol');
  const value = valueAt(document, path);
  if (issue.code === 'unrecognized_keys') {
    const allowed = keysAt(path).join(', ');
    return issue.keys.map((key) => ({ path: [...path, key], message: `is not known here; allowed: ${allowed}` }));
  }
  if (path.length === 0 && (value === null || value === undefined))
    return [
      {
        path,
        message: 'is empty; allowed: a section with keys; copy one of pipeline-defs/*/use-case.yaml to start from',
      },
    ];
  if (issue.code === 'custom') return [{ path, message: issue.message }];
  if (value === undefined) return [{ path, message: `is missing; allowed: ${allowedBy(issue)}` }];
  const quoted = issue.code === 'invalid_type' && issue.expected === 'string' && typeof value === 'number';
  const hint = quoted ? `; YAML reads this as a number, write it in quotes` : '';
  return [{ path, message: `${show(value)} is not allowed; allowed: ${allowedBy(issue)}${hint}` }];
}

/** What an issue's rule allows, in words. */
function allowedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return withArticle(issue.expected);
    case 'invalid_value':
      return issue.values.map(String).join(', ');
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}${unitOf(issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${String(issue.maximum)}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return issue.message.startsWith('Invalid')
        ? `a valid ${issue.format === 'url' ? 'URL' : issue.format}`
        : issue.message;
    case 'invalid_union':
      return alternatives(issue);
    default:
      return issue.message;
  }
}

function alternatives(issue: z.core.$ZodIssueInvalidUnion): string {
  const { options } = issue as { readonly options?: readonly unknown[] };
  if (options !== undefined) return options.map(String).join(', ');
  return [...new Set(issue.errors.flatMap((errors) => errors.map(allowedBy)))].join(' or ');
}

function withArticle(type: string): string {
  const names: Readonly<Record<string, string>> = {
    object: 'a section with keys',
    array: 'a list',
    int: 'a whole number',
    record: 'a section with keys',
    tuple: 'a list of two',
  };
  return names[type] ?? `a ${type}`;
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}

/** Of a web address nothing but that it is one: that of a webhook is a secret, and problems end in logs. */
function show(value: unknown): string {
  const text = JSON.stringify(value).replace(/(https?:\/\/)[^"]*/g, '$1...');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function valueAt(document: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (node, key) =>
      typeof node === 'object' && node !== null ? (node as Record<string | number, unknown>)[key] : undefined,
    document,
  );
}

/** Keys that the schema allows at a place. */
function keysAt(path: readonly (string | number)[]): string[] {
  let nodes: readonly SchemaNode[] = [useCaseJsonSchema()];
  for (const key of path) {
    nodes = nodes
      .flatMap(branches)
      .flatMap((node) => (typeof key === 'number' ? node.items : node.properties?.[key]) ?? []);
  }
  return [...new Set(nodes.flatMap(branches).flatMap((node) => Object.keys(node.properties ?? {})))];
}

function branches(node: SchemaNode): readonly SchemaNode[] {
  return node.oneOf ?? node.anyOf ?? [node];
}
