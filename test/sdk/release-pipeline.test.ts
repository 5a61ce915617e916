import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declarationOf } from '@mooring/local-account/services/codepipeline';
import { testReleaseApp } from '../support/release-app';
import { ServiceModel } from '../support/service-model';

type Declaration = Readonly<Record<string, unknown>>;
interface Trigger {
  gitConfiguration: { sourceActionName: string; push: { tags?: { includes: string[] }; branches?: object }[] };
}

/** The pipeline's declaration with what only a deployment knows filled in. */
function declaration(): Declaration {
  const outdir = mkdtempSync(join(tmpdir(), 'mooring-model-'));
  try {
    testReleaseApp(outdir).synth();
    const { Resources } = JSON.parse(readFileSync(join(outdir, 'Mooring-Release.template.json'), 'utf8'), filled) as {
      Resources: Readonly<Record<string, { Type: string; Properties: Declaration }>>;
    };
    const pipeline = Object.values(Resources).find(({ Type }) => Type === 'AWS::CodePipeline::Pipeline');
    // These two are CloudFormation's.
    const { RestartExecutionOnUpdate: _restart, Tags: _tags, ...properties } = pipeline?.Properties ?? {};
    return declarationOf(properties);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function filled(key: string, value: unknown): unknown {
  // CloudFormation hands the values of configurations over as text.
  if (key === 'DetectChanges') return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value as Declaration);
  const [[name, content] = ['', '']] = entries;
  if (entries.length !== 1) return value;
  if (name === 'Fn::GetAtt') return 'arn:aws:iam::111111111111:role/some-role';
  if (name === 'Ref')
    return content === 'AWS::Partition' ? 'aws' : content === 'AWS::AccountId' ? '111111111111' : 'some-name';
  if (name === 'Fn::Join') return (content as [string, string[]])[1].join((content as [string, string[]])[0]);
  return value;
}

describe('the synthesized pipeline, by the service model', () => {
  const model = ServiceModel.of('codepipeline');
  const pipeline = declaration();
  const problemsWith = (change: (triggers: Trigger[]) => void): readonly string[] => {
    const copy = structuredClone(pipeline) as Declaration & { readonly triggers: Trigger[] };
    change(copy.triggers);
    return model.problems('PipelineDeclaration', copy, 'pipeline');
  };

  test('is what CreatePipeline takes', () => {
    expect(problemsWith(() => undefined)).toEqual([]);
  });

  test('would be refused with more than eight patterns, with one that is too long, or with an unknown filter', () => {
    const tagsOf = ([trigger]: Trigger[]): string[] => trigger?.gitConfiguration.push[0]?.tags?.includes ?? [];
    expect(problemsWith((triggers) => void tagsOf(triggers).push(...Array<string>(8).fill('release-*')))).toEqual([
      expect.stringMatching(/tags\.includes: items: \d+, at most 8$/),
    ]);
    expect(problemsWith((triggers) => void tagsOf(triggers).splice(0, 1, 'x'.repeat(256)))).toEqual([
      expect.stringMatching(/length: 256, at most 255$/),
    ]);
    expect(
      problemsWith(([trigger]) => void Object.assign(trigger?.gitConfiguration.push[0] ?? {}, { commits: {} })),
    ).toEqual([expect.stringMatching(/push\[0\]: no member commits$/)]);
  });
});
