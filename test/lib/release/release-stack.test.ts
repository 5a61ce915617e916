import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { passes } from '@mooring/local-account/services/codepipeline';
import { parseReleaseTag, tagFilter } from '../../../contracts/release';
import { unpinnedIn } from '../../support/pins';
import { testReleaseApp, threeAccounts } from '../../support/release-app';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
type Template = Readonly<Record<string, Resource>>;
type Action = { readonly Name: string; readonly RunOrder: number };
type Stage = { readonly Name: string; readonly Actions: readonly Action[]; readonly BeforeEntry?: unknown };

function synth(environments?: typeof threeAccounts): {
  readonly files: ReadonlyMap<string, string>;
  readonly release: Template;
} {
  const outdir = mkdtempSync(join(tmpdir(), 'mooring-release-'));
  try {
    testReleaseApp(outdir, environments).synth();
    const read = (folder: string): [string, string][] =>
      readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, string][] => {
        if (entry.isDirectory()) return entry.name.startsWith('asset.') ? [] : read(join(folder, entry.name));
        return /\.(template\.json|yaml)$/.test(entry.name)
          ? [[entry.name, readFileSync(join(folder, entry.name), 'utf8')]]
          : [];
      });
    const files = new Map(read(outdir));
    const { Resources } = JSON.parse(files.get('Mooring-Release.template.json') ?? '{}') as { Resources: Template };
    return { files, release: Resources };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const pipelineOf = (template: Template): Readonly<Record<string, unknown>> =>
  Object.values(template).find(({ Type }) => Type === 'AWS::CodePipeline::Pipeline')?.Properties ?? {};

describe('the release pipeline in one account', () => {
  const { files, release } = synth();
  const pipeline = pipelineOf(release);
  const stages = pipeline['Stages'] as readonly Stage[];
  const actions = (stage: string): readonly string[] =>
    [...(stages.find(({ Name }) => Name === stage)?.Actions ?? [])]
      .sort((a, b) => a.RunOrder - b.RunOrder)
      .map(({ Name }) => Name);

  test('is of type V2, queues executions and is not restarted by CloudFormation', () => {
    expect(pipeline).toMatchObject({ PipelineType: 'V2', ExecutionMode: 'QUEUED', RestartExecutionOnUpdate: false });
  });

  test('goes from source to production in order', () => {
    expect(stages.map(({ Name }) => Name)).toEqual([
      'Source',
      'Build',
      'UpdatePipeline',
      'Assets',
      'Staging',
      'Production',
    ]);
  });

  test('trains, deploys and tests after the staging stacks', () => {
    expect(actions('Staging').slice(-3)).toEqual(['Train', 'DeployModel', 'SystemTests']);
  });

  test('asks for approval, with a summary, before anything in production changes', () => {
    expect(actions('Production').slice(0, 2)).toEqual(['Summary', 'Approval']);
    expect(actions('Production').slice(-2)).toEqual(['PromoteModel', 'SmokeTest']);
  });

  test('lets only releases into production; a prerelease skips it', () => {
    const guarded = stages.filter(({ BeforeEntry }) => BeforeEntry !== undefined);
    expect(guarded.map(({ Name }) => Name)).toEqual(['Production']);
    expect(guarded[0]?.BeforeEntry).toMatchObject({
      Conditions: [
        {
          Result: 'SKIP',
          Rules: [{ Configuration: { Variable: '#{Build@Synth.RELEASE_KIND}', Operator: 'EQ', Value: 'release' } }],
        },
      ],
    });
  });

  test('is triggered by tags only, within the limits of the service model', () => {
    const [trigger, ...more] = pipeline['Triggers'] as {
      ProviderType: string;
      GitConfiguration: { SourceActionName: string; Push: { Tags: { Includes: string[]; Excludes: string[] } }[] };
    }[];
    expect(more).toEqual([]);
    expect(trigger?.ProviderType).toBe('CodeStarSourceConnection');
    expect(trigger?.GitConfiguration.SourceActionName).toBe(stages[0]?.Actions[0]?.Name);
    const [push] = trigger?.GitConfiguration.Push ?? [];
    expect(Object.keys(push ?? {})).toEqual(['Tags']);
    for (const list of [push?.Tags.Includes ?? [], push?.Tags.Excludes ?? []]) {
      expect(list.length).toBeGreaterThan(0);
      expect(list.length).toBeLessThanOrEqual(8);
      for (const pattern of list) expect(pattern.length).toBeLessThanOrEqual(255);
    }
  });

  test('installs nothing that is not pinned', () => {
    const specs = [
      ...Object.values(release).flatMap(({ Type, Properties }) =>
        Type === 'AWS::CodeBuild::Project' ? [(Properties['Source'] as { BuildSpec: string }).BuildSpec] : [],
      ),
      ...[...files].flatMap(([name, text]) => (name.endsWith('.yaml') ? [text] : [])),
    ];
    expect(specs.join('\n').match(/npm install -g/g)?.length).toBeGreaterThanOrEqual(2);
    for (const spec of specs) expect(unpinnedIn(spec)).toEqual([]);
  });

  test.each([
    ['npm install -g aws-cdk', 'aws-cdk'],
    ['npm i -g aws-cdk@2', 'aws-cdk@2'],
    ['npm install -g cdk-assets@4.7.3 aws-cdk@latest', 'aws-cdk@latest'],
    ['npx --yes aws-cdk deploy', 'aws-cdk'],
    ['pip install boto3', 'pip install boto3'],
    ['uses: actions/checkout@main', 'actions/checkout@main'],
    ['runs-on: ubuntu-latest', 'ubuntu-latest'],
  ])('would be noticed when it were not pinned: %s', (command, found) => {
    expect(unpinnedIn(`"build": ["${command}"]`)).toContain(found);
  });

  test('hands its version to the pipelines, so that what retrains by itself carries it', () => {
    const [, training = ''] = [...files].find(([name]) => name.includes('LoansTraining')) ?? [];
    expect(training).toContain(String.raw`\"GitCommit\",\"Type\":\"String\",\"DefaultValue\":\"c0ffee\"`);
    expect(training).toContain(String.raw`\"GitTag\",\"Type\":\"String\",\"DefaultValue\":\"release-loans-v1.0\"`);
  });

  test('pins the image of every build', () => {
    const images = Object.values(release).flatMap(({ Type, Properties }) =>
      Type === 'AWS::CodeBuild::Project' ? [(Properties['Environment'] as { Image: string }).Image] : [],
    );
    expect(new Set(images)).toEqual(new Set(['aws/codebuild/standard:7.0']));
  });
});

describe('the release pipeline with three accounts', () => {
  const { files } = synth(threeAccounts);
  const statements = [...files].flatMap(([name, text]) => {
    if (!name.endsWith('.template.json')) return [];
    const found: { readonly Principal?: unknown; readonly Action?: unknown; readonly Effect?: string }[] = [];
    JSON.parse(text, (key, value: unknown) => {
      if (key === 'Statement' && Array.isArray(value)) found.push(...(value as typeof found));
      return value;
    });
    return found;
  });

  test('allows no wildcard principal', () => {
    const wild = statements.filter(
      ({ Effect, Principal }) => Effect === 'Allow' && /"\*"/.test(JSON.stringify(Principal ?? null)),
    );
    expect(wild).toEqual([]);
    expect(statements.length).toBeGreaterThan(100);
  });

  test('lets production read models from staging, and only its serving roles', () => {
    const shared = statements.filter(({ Principal }) => JSON.stringify(Principal ?? '').includes('333333333333'));
    const ofModels = shared.filter((each) => JSON.stringify(each).includes('aws:PrincipalArn'));
    expect(ofModels.map((each) => each.Action)).toEqual(
      expect.arrayContaining(['s3:GetObject', ['kms:Decrypt', 'kms:DescribeKey']]),
    );
    for (const each of ofModels)
      expect(JSON.stringify(each)).toMatch(/:iam::333333333333:role\/Mooring-\w+-Serving-\*/);
  });
});

describe('pushed tags', () => {
  const names = ['credit-risk', 'rain', 'store-demand'];
  const filter = tagFilter(names);

  test.each([
    ['release-credit-risk-v1.0', true],
    ['release-credit-risk-v1.0.1', true],
    ['release-credit-risk-v12.34.56', true],
    ['prerelease-credit-risk-v1.0', true],
    ['release-rain-v2.1', true],
    ['prerelease-rain-v2.1.0', true],
    ['release-store-demand-v0.9', true],
    ['release-store-demand-v10.0', true],
    ['prerelease-store-demand-v0.1', true],
    ['release-credit-risk-v1', false],
    ['release-credit-risk-1.0', false],
    ['release-credit-risk-v', false],
    ['release-credit-risk-vx.y', false],
    ['release-credit-risk-v1.0-rc1', false],
    ['release-credit-risk-v1.0rc1', false],
    ['release-credit-risk-v1.0.', false],
    ['release-credit-risk-v1..0', false],
    ['release-credit-risk-v1.2.3.4', false],
    ['release-credit-risk', false],
    ['release-unknown-v1.0', false],
    ['release-credit-v1.0', false],
    ['release--v1.0', false],
    ['Release-credit-risk-v1.0', false],
    ['release-Credit-Risk-v1.0', false],
    ['xrelease-credit-risk-v1.0', false],
    ['release-credit-risk-v1.0/x', false],
    ['team/release-credit-risk-v1.0', false],
    ['v1.0', false],
    ['main', false],
    ['prerelease-v1.0', false],
  ])('%s starts a release: %s', (tag, starts) => {
    expect(passes(filter, tag)).toBe(starts);
    // The filter lets nothing through that the tag step would refuse.
    expect(parseReleaseTag(tag, names) !== undefined).toBe(starts);
  });

  test('names too many for eight patterns are refused', () => {
    const many = Array.from({ length: 60 }, (_, index) => `a-use-case-with-a-rather-long-name-${index}`);
    expect(() => tagFilter(many)).toThrow(/CodePipeline takes 8/);
  });

  test('a name that looks like a version is refused', () => {
    expect(() => tagFilter(['model-v2'])).toThrow('model-v2 holds -v and a digit');
  });
});
