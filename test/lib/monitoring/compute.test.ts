import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Compute } from '@mooring/use-case/sections/compute';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { checkDefinition } from '@mooring/pipeline-language/check';
import { testUseCases } from '../../support/app';
import { sparkUseCase } from '../../support/spark-use-case';
import { definition, loans, properties, synthTemplates } from '../../support/templates';

const image = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/mooring-monitor@sha256:${'a'.repeat(64)}`;
const cluster = { image, instance: 'ml.r5.2xlarge', count: 3, volume_gb: 200, from_gib: 12.5 } as const;

function useCase(compute: Compute | undefined): LoadedUseCase {
  const loaded = testUseCases().find((each) => each.useCase.name === 'loans');
  if (loaded === undefined) throw new Error('the test use case loans is gone');
  const monitoring = { ...loaded.useCase.monitoring, ...(compute === undefined ? {} : { compute }) };
  return { ...loaded, useCase: { ...loaded.useCase, monitoring } };
}

/** The template of the training stack, and the steps of its pipeline without what hashes of the settings change. */
function synthesized(compute?: Compute) {
  const { outdir, template } = synthTemplates([useCase(compute)]);
  try {
    const training = template(loans.training);
    const written = definition(training);
    const steps = JSON.parse(JSON.stringify(written.Steps).replaceAll(/[0-9a-f]{16,64}/g, '#')) as {
      readonly Name: string;
      readonly Arguments: Readonly<Record<string, unknown>>;
    }[];
    return { training, written, steps };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const one = synthesized();
const spark = synthesized({ engine: 'spark', ...cluster });
const auto = synthesized({ engine: 'auto', ...cluster });
const argumentsOf = ({ steps }: typeof one, name: string) => steps.find((each) => each.Name === name)?.Arguments ?? {};

describe('monitoring.compute', () => {
  test('runs the baseline of the data on the cluster, whose instances may talk to each other', () => {
    expect(checkDefinition(spark.written, { monitoring: true })).toEqual([]);
    expect(argumentsOf(spark, 'DataQuality')).toMatchObject({
      AppSpecification: {
        ImageUri: image.replace(/a{64}/, '#'),
        ContainerArguments: expect.arrayContaining(['monitor', 'profile', '--engine', 'spark', '--train']) as unknown,
      },
      NetworkConfig: { EnableNetworkIsolation: false, EnableInterContainerTrafficEncryption: true },
      ProcessingResources: {
        ClusterConfig: { InstanceType: 'ml.r5.2xlarge', InstanceCount: 3, VolumeSizeInGB: 200 },
      },
    });
  });

  test('tells the job from which size on to take Spark when it shall choose', () => {
    const { AppSpecification } = argumentsOf(auto, 'DataQuality');
    expect(JSON.stringify(AppSpecification)).toContain('"--engine","auto","--spark-from-gib","12.5"');
  });

  test('leaves every other step in one isolated process', () => {
    const others = (from: typeof one) => from.steps.filter((each) => each.Name !== 'DataQuality');
    expect(others(spark)).toEqual(others(one));
    expect(argumentsOf(one, 'DataQuality')).toMatchObject({
      AppSpecification: { ImageUri: { Get: 'Parameters.ProcessingImage' } },
      NetworkConfig: { EnableNetworkIsolation: true },
      ProcessingResources: { ClusterConfig: { InstanceCount: 1 } },
    });
  });

  test('lets the jobs pull the image, and nobody else', () => {
    const pulls = (from: typeof one) =>
      properties(from.training, 'AWS::IAM::Policy').filter((each) =>
        JSON.stringify(each).includes(':ecr:eu-west-1:111122223333:repository/mooring-monitor'),
      ).length;
    expect([pulls(one), pulls(spark)]).toEqual([0, 1]);
  });

  test('with engine single changes nothing', () => {
    expect(synthesized({ engine: 'single', ...cluster }).steps).toEqual(one.steps);
  });
});

describe('monitoring.compute without an image', () => {
  const { outdir, template } = synthTemplates([sparkUseCase()]);
  afterAll(() => rmSync(outdir, { recursive: true }));
  const manifest = JSON.parse(readFileSync(join(outdir, `${loans.training}.assets.json`), 'utf8')) as {
    readonly dockerImages: Readonly<
      Record<string, { readonly source: Readonly<Record<string, string>>; readonly destinations: object }>
    >;
  };
  const [hash = '', ...more] = Object.keys(manifest.dockerImages);
  const source = manifest.dockerImages[hash]?.source ?? {};

  test("has deployments build the monitor's image for what SageMaker runs", () => {
    expect(more).toEqual([]);
    expect(source).toMatchObject({ dockerFile: 'mooring-monitor/container/Dockerfile', platform: 'linux/amd64' });
    const files = readdirSync(join(outdir, source['directory'] ?? ''), { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(
      expect.arrayContaining([
        'mooring-monitor/container/Dockerfile',
        'mooring-monitor/container/requirements.txt',
        'mooring-monitor/src/mooring_monitor/cli.py',
        'mooring-use-case/src/mooring_use_case/use_case.py',
      ]),
    );
    expect(files.filter((each) => /__pycache__|\/tests\/|mooring-steps/.test(each))).toEqual([]);
  });

  test('runs the baseline in it, under the hash of its sources', () => {
    const written = definition(template(loans.training));
    const step = JSON.parse(JSON.stringify(written.Steps)) as { readonly Name: string; readonly Arguments: object }[];
    expect(step.find((each) => each.Name === 'DataQuality')?.Arguments).toMatchObject({
      AppSpecification: {
        ImageUri: expect.stringMatching(new RegExp(`-container-assets-.*:${hash.split('-').at(-1) ?? ''}$`)) as unknown,
      },
    });
    expect(checkDefinition(written, { monitoring: true })).toEqual([]);
  });

  test('lets the jobs pull it', () => {
    const policies = properties(template(loans.training), 'AWS::IAM::Policy').map((each) => JSON.stringify(each));
    expect(policies.filter((each) => each.includes('-container-assets-'))).toHaveLength(1);
  });

  test('and an image of the use case is not built', () => {
    const built = synthTemplates([useCase({ engine: 'spark', ...cluster })]);
    const assets = readFileSync(join(built.outdir, `${loans.training}.assets.json`), 'utf8');
    rmSync(built.outdir, { recursive: true });
    expect((JSON.parse(assets) as { readonly dockerImages?: object }).dockerImages ?? {}).toEqual({});
  });
});
