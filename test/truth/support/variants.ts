import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadedUseCase, loadUseCases } from '../../../packages/use-case/src/load-use-case';
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
};

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
        exports: Object.values(Outputs).flatMap(({ Export, Value }) =>
          Export === undefined ? [] : [{ name: Export.Name, value: Value }],
        ),
      };
    });
}
