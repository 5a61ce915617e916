import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { SHAPES_SOURCE } from '@mooring/pipeline-language';
import { standardPipeline } from '../../pipeline-defs/standard/pipeline';
import type { Place } from '../../pipeline-defs/standard/place';
import { TWINS } from '@mooring/pipeline-language/test/twins/index';
import { autoMl } from '@mooring/pipeline-language/test/twins/extra';
import { nativeUseCase } from '../support/native-use-case';
import { exampleOf } from '@mooring/pipeline-language/test/example';

const root = resolve(__dirname, '../..');
const python = join(root, '.venvs/sdk/bin/python');
const schema = resolve(root, '../shared/parity/pipeline-schema/pipeline-definition.schema.json');

/** Runs `describe` where what it needs is there, and says what is missing where it is not. */
function describeWith(needs: readonly string[], title: string, body: () => void): void {
  const missing = needs.filter((path) => !existsSync(path));
  if (missing.length === 0) return describe(title, body);
  process.stderr.write(
    `skipped "${title}": ${missing.join(', ')} is not there (node tools/python-env.mjs sdk makes the environment)\n`,
  );
  describe.skip(title, () => test('needs what is missing', () => undefined));
}

const folder = mkdtempSync(join(tmpdir(), 'mooring-dsl-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(python, [join(root, 'tools/goldens', script), ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${script} failed: ${stderr.slice(-2000)}`);
  return stdout;
}

const account = '111122223333';
const place: Place = {
  pipelineName: 'p',
  packageGroup: 'g',
  roleArn: `arn:aws:iam::${account}:role/pipeline`,
  kmsKeyArn: `arn:aws:kms:eu-west-1:${account}:key/0`,
  dataBucket: 'data',
  artifactBucket: 'artifacts',
  code: { zip: { uri: 's3://code/code.zip', file: 'code.zip' } },
  noLabels: 's3://artifacts/no-labels.csv',
  images: { processing: 'processing:1', training: 'training:1' },
  configHash: '0'.repeat(64),
  checks: {
    analyzer: '468650794304.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-model-monitor-analyzer',
    clarify: '131013547314.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-clarify-processing:1.0',
  },
};

/** The standard pipeline of every use case, shipped or made for tests. */
const standard = (): [string, unknown][] =>
  ['pipeline-defs', 'test/support/use-cases']
    .flatMap((part) => loadUseCases(join(root, part)))
    .concat({ ...nativeUseCase(), useCase: { ...nativeUseCase().useCase, name: 'loans-native' } })
    .map(({ useCase }) => [useCase.name, standardPipeline({ useCase, place }).toDefinition()]);

/** Everything that this language can emit: the twins, what has no golden, and the pipelines that are shipped. */
function definitions(): Record<string, unknown> {
  const twins = Object.entries(TWINS).map(([name, build]) => [name, build(name).toDefinition()]);
  return {
    ...Object.fromEntries([...twins, ...standard()]),
    automl: autoMl('automl').toDefinition(),
    example: exampleOf().toDefinition(),
  } as Record<string, unknown>;
}

function written(name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
}

describeWith([python], 'what is generated from the SageMaker Python SDK', () => {
  test('goldens: the SDK gives the same files again', () => {
    const made = join(folder, 'goldens');
    run('make.py', made);
    const committed = join(root, 'packages/pipeline-language/test/goldens');
    const names = readdirSync(made).sort();
    expect(
      readdirSync(committed)
        .filter((file) => file.endsWith('.json'))
        .sort(),
    ).toEqual(names);
    for (const name of names) {
      expect([name, JSON.parse(readFileSync(join(made, name), 'utf8'))]).toEqual([
        name,
        JSON.parse(readFileSync(join(committed, name), 'utf8')),
      ]);
    }
  }, 180_000);

  test('shapes: the service model gives the same table again', () => {
    const made = join(folder, 'shapes.json');
    run('shapes.py', made);
    expect(readFileSync(made, 'utf8')).toBe(
      readFileSync(join(root, 'packages/pipeline-language/src/check/shapes.json'), 'utf8'),
    );
    expect(SHAPES_SOURCE).toMatch(/^botocore \d/);
  });
});

interface Validation {
  readonly seen: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
}

describeWith([python], 'every request body that this language emits', () => {
  const validate = (value: unknown): Validation =>
    JSON.parse(run('validate.py', written('definitions.json', value))) as Validation;

  test('is accepted by the service model, with expressions substituted', () => {
    const { errors, seen } = validate(definitions());
    expect(errors).toEqual([]);
    expect(Object.keys(seen)).toEqual([
      'AddJobFlowSteps',
      'CreateAutoMLJob',
      'CreateEndpoint',
      'CreateEndpointConfig',
      'CreateHyperParameterTuningJob',
      'CreateModel',
      'CreateModelPackage',
      'CreateProcessingJob',
      'CreateTrainingJob',
      'CreateTransformJob',
      'RunJobFlow',
      'StartJobRun',
    ]);
  }, 60_000);

  test('would be refused if it were wrong', () => {
    const broken = TWINS['quality-gate']?.('x').render();
    const text = JSON.stringify(broken)
      .replace('"ImageUri"', '"ImageUrl"')
      .replace('"VolumeSizeInGB":30', '"VolumeSizeInGB":"30"');
    const { errors } = validate({ broken: JSON.parse(text) as unknown });
    expect(errors.join('\n')).toMatch(/Missing required parameter in AppSpecification: "ImageUri"/);
    expect(errors.join('\n')).toMatch(/Invalid type for parameter ProcessingResources.ClusterConfig.VolumeSizeInGB/);
  }, 60_000);
});

describeWith([python, schema], 'the published schema of pipeline definitions', () => {
  const patches = join(__dirname, 'schema-patches.json');

  test('accepts what this language emits, once it is patched, and needs every patch', () => {
    const found = JSON.parse(run('published.py', schema, patches, written('all.json', definitions()))) as Record<
      string,
      unknown
    >;
    expect(found).toEqual({ errors: [], idle: [] });
  }, 120_000);

  test('is patched for a reason that can be looked up', () => {
    const list = JSON.parse(readFileSync(patches, 'utf8')) as { reason: string; seen: string }[];
    for (const { reason, seen } of list) expect([reason.length > 15, seen.length > 10]).toEqual([true, true]);
    expect(new Set(list.map(({ reason }) => reason)).size).toBe(list.length);
  });
});
