import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type LoadedUseCase, loadUseCases } from '@mooring/use-case/load-use-case';
import { useCaseSchema } from '@mooring/use-case/use-case';
import { root, testApp } from '../../support/app';
import { nativeUseCase } from '../../support/native-use-case';
import { testReleaseApp, threeAccounts } from '../../support/release-app';
import { sparkUseCase } from '../../support/spark-use-case';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
}

export interface StackTemplate {
  readonly stack: string;
  readonly file: string;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly mappings: Readonly<Record<string, unknown>>;
  /** Stacks that are deployed before this one. */
  readonly after: readonly string[];
  readonly exports: readonly { readonly name: unknown; readonly value: unknown }[];
}

interface Template {
  readonly Resources?: StackTemplate['resources'];
  readonly Parameters?: StackTemplate['parameters'];
  readonly Mappings?: StackTemplate['mappings'];
  readonly Outputs?: Readonly<
    Record<string, { readonly Export?: { readonly Name: unknown }; readonly Value: unknown }>
  >;
}

/** One synthesized application. */
export interface Variant {
  readonly name: string;
  readonly templates: readonly StackTemplate[];
}

const oneOf = (folder: string, name: string): readonly LoadedUseCase[] => loadUseCases(folder, [name]);

const trials = join(root, 'test/support/trials');
const own = join(__dirname, '../use-cases');

/** Every way in which a use case shapes the stacks: what is shipped, and eight more. */
const useCases: Readonly<Record<string, () => readonly LoadedUseCase[]>> = {
  shipped: () => loadUseCases(join(root, 'pipeline-defs')),
  native: () => [nativeUseCase()],
  open: () => oneOf(own, 'open-everything-with-long-name'),
  async: () => oneOf(trials, 'parcel'),
  serverless: () => oneOf(trials, 'vapour'),
  ab: () => oneOf(trials, 'versus'),
  shadow: () => oneOf(trials, 'umbra'),
  batch: () => oneOf(trials, 'ferry'),
  spark: () => [sparkUseCase()],
  many: () => [manyFeatures()],
};

/** The open variant with as many monitored features of the longest names as fit into one composite alarm. */
export function manyFeatures(count = 27): LoadedUseCase {
  const [open] = oneOf(own, 'open-everything-with-long-name');
  if (open === undefined) throw new Error('the open variant is gone');
  const columns = Array.from({ length: count }, (_, index) => ({
    name: `feature_${index}_`.padEnd(64, 'x'),
    type: 'number' as const,
  }));
  const { dataset, monitoring } = open.useCase;
  const useCase = useCaseSchema.parse({
    ...open.useCase,
    dataset: { ...dataset, columns: [...dataset.columns, ...columns] },
    monitoring: { ...monitoring, features: columns.map(({ name }) => ({ name })) },
  });
  return { ...open, useCase };
}

/**
 * Synthesizes all variants and the release application below a folder.
 *
 * @param only names of variants; default: all.
 */
export function synthVariants(folder: string, only?: readonly string[]): readonly Variant[] {
  // The template validator of the CDK is a check of its own (npm run lint).
  process.env['CDK_VALIDATION'] = 'false';
  const names = [...Object.keys(useCases), 'release'].filter((name) => only?.includes(name) ?? true);
  return names.map((name) => {
    const outdir = join(folder, name);
    const chosen = useCases[name];
    if (chosen === undefined) testReleaseApp(outdir, threeAccounts).synth();
    else testApp(chosen(), outdir).synth();
    return { name, templates: readTemplates(outdir) };
  });
}

/** Names of the stacks that the manifest beside a template puts before its stack, directly or not. */
function dependenciesOf(template: string): readonly string[] {
  const { artifacts } = JSON.parse(readFileSync(join(dirname(template), 'manifest.json'), 'utf8')) as {
    readonly artifacts: Readonly<Record<string, { readonly type: string; readonly dependencies?: readonly string[] }>>;
  };
  const found = new Set<string>();
  const visit = (name: string): void => {
    for (const each of artifacts[name]?.dependencies ?? [])
      if (!found.has(each)) {
        found.add(each);
        visit(each);
      }
  };
  visit(basename(template, '.template.json'));
  return [...found].filter((name) => artifacts[name]?.type === 'aws:cloudformation:stack');
}

function readTemplates(folder: string): readonly StackTemplate[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.template.json'))
    .sort()
    .map((file) => {
      const path = join(folder, file);
      const {
        Resources = {},
        Parameters = {},
        Mappings = {},
        Outputs = {},
      } = JSON.parse(readFileSync(path, 'utf8')) as Template;
      return {
        stack: file.replace(/^.*\//, '').replace('.template.json', ''),
        file: path,
        resources: Resources,
        parameters: Parameters,
        mappings: Mappings,
        after: dependenciesOf(path),
        exports: Object.values(Outputs).flatMap(({ Export, Value }) =>
          Export === undefined ? [] : [{ name: Export.Name, value: Value }],
        ),
      };
    });
}
