import { parse } from 'yaml';
import { AwsError, messageOf, Unsupported } from '../../../core/errors';
import { isBody } from '../../../core/input';

export const phases = ['install', 'pre_build', 'build', 'post_build'] as const;
export type PhaseName = (typeof phases)[number];

export interface Phase {
  readonly name: PhaseName;
  readonly commands: readonly string[];
  /** Run whatever happened before. */
  readonly finally: readonly string[];
}

/** What a buildspec (version 0.2) asks for. */
export interface BuildSpec {
  readonly phases: readonly Phase[];
  readonly variables: Readonly<Record<string, string>>;
  readonly exported: readonly string[];
  readonly artifacts?: { readonly baseDirectory: string; readonly files: readonly string[] };
}

const known: Readonly<Record<string, readonly string[]>> = {
  'the buildspec': ['version', 'env', 'phases', 'artifacts', 'cache', 'run-as'],
  env: ['shell', 'variables', 'exported-variables'],
  artifacts: ['files', 'base-directory', 'name', 'discard-paths'],
};

type Document = Readonly<Record<string, unknown>>;

/** @throws AwsError that names what is wrong, or what a laptop cannot do. */
export function parseBuildSpec(text: string): BuildSpec {
  const document = documentOf(text);
  check('the buildspec', document);
  if (String(document['version']) !== '0.2')
    throw new AwsError('YAML_FILE_ERROR', `version is ${String(document['version'])}; 0.2 is supported`);
  const env = section(document, 'env');
  check('env', env);
  const artifacts = section(document, 'artifacts');
  check('artifacts', artifacts);
  const given = section(document, 'phases');
  const unknown = Object.keys(given).filter((name) => !phases.includes(name as PhaseName));
  if (unknown.length > 0) throw new AwsError('YAML_FILE_ERROR', `unknown phases: ${unknown.join(', ')}`);
  return {
    phases: phases.flatMap((name) => {
      const phase = section(given, name);
      return { name, commands: texts(phase, 'commands'), finally: texts(phase, 'finally') };
    }),
    variables: Object.fromEntries(
      Object.entries(section(env, 'variables')).map(([name, value]) => [name, String(value)]),
    ),
    exported: texts(env, 'exported-variables'),
    ...(Object.keys(artifacts).length === 0
      ? {}
      : {
          artifacts: {
            baseDirectory: String(artifacts['base-directory'] ?? '.'),
            files: texts(artifacts, 'files'),
          },
        }),
  };
}

function documentOf(text: string): Document {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw new AwsError('YAML_FILE_ERROR', `the buildspec is not valid YAML: ${messageOf(error)}`);
  }
  if (!isBody(document)) throw new AwsError('YAML_FILE_ERROR', 'the buildspec is not a document with phases');
  return document;
}

function check(what: string, given: Document): void {
  const unsupported = Object.keys(given).filter((key) => known[what]?.includes(key) === false);
  if (unsupported.length > 0)
    throw new Unsupported(
      `${what === 'the buildspec' ? 'in a buildspec' : `${what} in a buildspec`}: ${unsupported.join(', ')}`,
    );
}

function section(document: Document, name: string): Document {
  const value = document[name];
  if (value === undefined || value === null) return {};
  if (!isBody(value)) throw new AwsError('YAML_FILE_ERROR', `'${name}' of the buildspec must be a map`);
  return value;
}

function texts(document: Document, name: string): readonly string[] {
  const value = document[name];
  if (value === undefined || value === null) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map(String);
}
