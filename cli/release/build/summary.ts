import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { consoleUrl } from '../../../contracts/console';
import { driftDirection } from '@mooring/use-case/drift-detectors';
import type { LiveManifest } from '../../../contracts/records/live-manifest';
import { liveFiles, metadataKeys, prefixes } from '../../../contracts/names';
import { readText, readTrained, type Release, writeRecord } from './record';
import { type Environment, openStage, type Stage } from './stage';
import { taggedUseCase, toolsFolder } from './tools-folder';

type Document = Readonly<Record<string, unknown>>;
interface Template {
  readonly Resources?: Readonly<Record<string, Document>>;
}

const isDocument = (value: unknown): value is Document => typeof value === 'object' && value !== null;

/** Metrics of an evaluation.json by name. */
export function metricsOf(text: string | undefined): Readonly<Record<string, number>> {
  if (text === undefined) return {};
  const document = JSON.parse(text) as Document;
  const group = Object.entries(document).find(([name]) => name.endsWith('_metrics'))?.[1];
  return Object.fromEntries(
    Object.entries(isDocument(group) ? group : {}).flatMap(([name, metric]) => {
      const value = isDocument(metric) ? metric['value'] : undefined;
      return typeof value === 'number' ? [[name, value]] : [];
    }),
  );
}

/** What deploying a template would change, by logical id. Metadata says where a resource was written, not what it is. */
export function compareTemplates(
  before: Template | undefined,
  after: Template,
): { readonly added: readonly string[]; readonly changed: readonly string[]; readonly removed: readonly string[] } {
  const content = (resource: Document | undefined): string => JSON.stringify({ ...resource, Metadata: undefined });
  const [old, fresh] = [before?.Resources ?? {}, after.Resources ?? {}];
  return {
    added: Object.keys(fresh).filter((id) => !(id in old)),
    changed: Object.keys(fresh).filter((id) => id in old && content(old[id]) !== content(fresh[id])),
    removed: Object.keys(old).filter((id) => !(id in fresh)),
  };
}

/** Stacks of the production stage in this assembly: name and template. */
function productionTemplates(assembly: string): readonly { readonly name: string; readonly template: Template }[] {
  const folder = readdirSync(assembly).find((name) => /^assembly-.*-Production$/.test(name));
  if (folder === undefined) return [];
  const manifest = JSON.parse(readFileSync(join(assembly, folder, 'manifest.json'), 'utf8')) as {
    readonly artifacts: Readonly<
      Record<string, { readonly type: string; readonly properties?: Document; readonly displayName?: string }>
    >;
  };
  return Object.values(manifest.artifacts)
    .filter(({ type }) => type === 'aws:cloudformation:stack')
    .flatMap(({ properties = {} }) => {
      const file = join(assembly, folder, String(properties['templateFile']));
      return existsSync(file)
        ? [{ name: String(properties['stackName']), template: JSON.parse(readFileSync(file, 'utf8')) as Template }]
        : [];
    });
}

async function templateLines(production: Stage, assembly: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { name, template } of productionTemplates(assembly)) {
    const deployed = await production.cloudformation.send(new GetTemplateCommand({ StackName: name })).then(
      ({ TemplateBody }) => JSON.parse(TemplateBody ?? '{}') as Template,
      () => undefined,
    );
    const { added, changed, removed } = compareTemplates(deployed, template);
    if (deployed === undefined) lines.push(`- ${name}: new, ${added.length} resources`);
    else if (added.length + changed.length + removed.length > 0)
      lines.push(
        `- ${name}: ${describe('added', added)}${describe('changed', changed)}${describe('removed', removed)}`.replace(
          /; $/,
          '',
        ),
      );
  }
  return lines.length === 0 ? ['- no stack changes'] : lines;
}

const describe = (what: string, ids: readonly string[]): string =>
  ids.length === 0 ? '' : `${ids.length} ${what} (${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', ...' : ''}); `;

const number = (value: number | undefined): string =>
  value === undefined ? '-' : String(Number(value.toPrecision(4)));

/** The production stage, or undefined before its first release: its role comes with its stacks. */
async function productionIfAny(env: Environment): Promise<Stage | undefined> {
  try {
    return await openStage('production', env);
  } catch (error) {
    console.log(`production is not there yet: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** Writes what a person needs who is about to approve: the report into the record, one line and a link as variables. */
export async function summarize(release: Release, env: Environment, file: string): Promise<string> {
  const staging = await openStage('staging', env);
  const production = await productionIfAny(env);
  const trained = await readTrained(staging, release);
  const useCase = taggedUseCase();
  const executions = `${prefixes.executions(release.useCase)}/${trained.execution_arn.split('/').at(-1) ?? ''}`;
  const { CustomerMetadataProperties: metadata = {} } = await staging.sagemaker.send(
    new DescribeModelPackageCommand({ ModelPackageName: trained.package_arn }),
  );
  const now = metricsOf(
    await readText(staging, staging.artifactBucket, `${executions}/Evaluate/evaluation/evaluation.json`),
  );
  const liveText =
    production === undefined
      ? undefined
      : await readText(
          production,
          production.artifactBucket,
          `${prefixes.live(release.useCase)}/${liveFiles.manifest}`,
        );
  const live = liveText === undefined ? undefined : (JSON.parse(liveText) as LiveManifest);
  const before =
    production === undefined
      ? {}
      : metricsOf(
          await readText(
            production,
            production.artifactBucket,
            `${prefixes.live(release.useCase)}/${liveFiles.evaluation}`,
          ),
        );
  const bias =
    (await readText(staging, staging.artifactBucket, `${executions}/ModelBias/baseline/gate.json`)) ??
    (await readText(staging, staging.artifactBucket, `${executions}/DataBias/report/gate.json`));
  const tests = await readText(
    staging,
    staging.artifactBucket,
    `${release.useCase}/releases/${release.tag}/${release.executionId}/system-tests-staging.json`,
  );
  const gate = isDocument(bias === undefined ? undefined : JSON.parse(bias))
    ? (JSON.parse(bias ?? '{}') as Document)
    : undefined;
  const assembly = dirname(toolsFolder());
  const report = [
    `# ${release.tag}`,
    '',
    `${useCase.title}: version ${release.version}, model package ${trained.package_arn.split('/').at(-1) ?? ''} would replace ${live === undefined ? 'nothing (first release)' : `version ${live.version} (${live.metadata[metadataKeys.tag] ?? 'no tag'})`}.`,
    '',
    '## Where it comes from',
    ...Object.entries(metadata).map(([key, value]) => `- ${key}: ${value}`),
    '',
    '## Quality on the test set',
    '| metric | this version | live |',
    '|---|---|---|',
    ...Object.entries(now).map(([name, value]) => `| ${name} | ${number(value)} | ${number(before[name])} |`),
    '',
    '## Bias',
    gate === undefined
      ? '- not measured'
      : `- ${String(gate['metric'])} of ${String(gate['facet'])}: ${number(Number(gate['value']))}`,
    '',
    '## Drift envelope',
    ...useCase.monitoring.features.map(
      ({ name, threshold, detector }) =>
        `- ${name}: alarm when ${detector} is ${driftDirection(detector)} ${threshold}, every ${useCase.monitoring.every}`,
    ),
    '',
    '## System tests in staging',
    ...(tests === undefined
      ? ['- none']
      : (JSON.parse(tests) as { name: string; passed: boolean; found: string }[]).map(
          ({ name, passed, found }) => `- ${passed ? 'ok' : 'FAILED'} ${name}: ${found}`,
        )),
    '',
    '## What changes in production',
    ...(production === undefined
      ? ['- everything is new: this is the first release']
      : await templateLines(production, assembly)),
    '',
  ].join('\n');
  const key = await writeRecord(staging, release, 'summary.md', report, 'text/markdown; charset=utf-8');
  console.log(report);
  const metric = useCase.gates.quality.metric;
  const line = `${release.tag}: ${metric} ${number(now[metric])} (live ${number(before[metric])}), model ${trained.package_arn.split('/').at(-1) ?? ''} replaces ${live?.version ?? 'nothing'}; report s3://${staging.artifactBucket}/${key}`;
  const page = `s3/object/${staging.artifactBucket}?region={region}&prefix=${encodeURIComponent(key)}`;
  const url = consoleUrl(trained.package_arn, page);
  writeFileSync(file, `export SUMMARY='${line.replaceAll("'", '')}'\nexport SUMMARY_URL='${url}'\n`);
  return line;
}
