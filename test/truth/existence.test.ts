import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Known, unexplained } from './support/known';
import { Resolver } from './support/resolve';
import { type StackTemplate, synthVariants, type Variant } from './support/variants';

/** What a stack names and neither it nor a stack before it creates. */
const known: readonly Known[] = [
  {
    finding: /AWS::CodeBuild::Project Environment\.EnvironmentVariables\.Value arn:\S+:role\/mooring-release-/,
    because: 'made in the stage’s account by the access stack, which a person deploys once before the first release',
  },
  {
    finding: /AWS::CodePipeline::Pipeline Stages\.Actions\.(Configuration\.)?RoleArn arn:\S+:role\/cdk-hnb659fds-/,
    because: 'made by cdk bootstrap of the stage’s account, which has to come first (docs/releasing.md)',
  },
  {
    finding: /AWS::SageMaker::DataQualityJobDefinition \S+EndpointName \S+-endpoint$/,
    because: 'the endpoint comes with the first deployment; engine model-monitor needs it before its schedules',
  },
];

/** Properties that AWS compares at run time only: patterns of rules, sources of permissions. */
const compared = /\.(EventPattern|SourceArn)\b/;
/** Services that are always there. */
const ofAws = /^arn:aws:scheduler:::aws-sdk:/;

describe('what a stack refers to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-truth-'));
  let variants: readonly Variant[];
  beforeAll(() => (variants = synthVariants(folder)), 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is there before it, or listed with the reason why not', () => {
    expect(unexplained(variants.flatMap(absent), known)).toEqual({ findings: [], stale: [] });
  });

  test('the check finds a function that no stack before creates', () => {
    const [shipped] = variants;
    const door = shipped?.templates.find(({ stack }) => stack === 'Mooring-CreditRisk-FrontDoor');
    if (shipped === undefined || door === undefined) throw new Error('there is no front door');
    const early = { ...door, after: [] };
    expect(absent({ ...shipped, templates: [...shipped.templates.filter((each) => each !== door), early] })).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/FrontDoor\S* AWS::Lambda::Permission FunctionName arn:\S+-label$/),
      ]),
    );
  });
});

function absent(variant: Variant): readonly string[] {
  const created = new Map(
    variant.templates.map((template) => [template.stack, new Resolver(template, variant).created()] as const),
  );
  return variant.templates.flatMap((template) => {
    const there = new Set([template.stack, ...template.after].flatMap((stack) => created.get(stack) ?? []));
    return named(template, variant)
      .filter(({ what, path }) => !there.has(what) && !compared.test(path) && !ofAws.test(what))
      .map(({ path, what, type }) => `${variant.name}/${template.stack} ${type} ${path.slice(1)} ${what}`);
  });
}

interface Named {
  readonly type: string;
  readonly path: string;
  readonly what: string;
}

/** ARNs that a template spells out instead of referring to a resource, outside of policies, and names of endpoints. */
function named(template: StackTemplate, variant: Variant): readonly Named[] {
  const resolver = new Resolver(template, variant);
  const visit = (type: string, value: unknown, path: string): readonly Named[] => {
    if (Array.isArray(value)) return value.flatMap((each) => visit(type, each, path));
    if (typeof value === 'string')
      return /EndpointName$/.test(path) && /^AWS::SageMaker::(MonitoringSchedule|\w+JobDefinition)$/.test(type)
        ? [{ type, path, what: value }]
        : [];
    if (typeof value !== 'object' || value === null) return [];
    const [key = '', ...more] = Object.keys(value);
    if (more.length === 0 && /^Fn::(Join|Sub)$/.test(key)) {
      const what = resolver.text(value);
      return what.startsWith('arn:') ? [{ type, path, what }] : [];
    }
    return Object.entries(value)
      .filter(([name]) => !/Polic(y|ies)/.test(name))
      .flatMap(([name, inner]) => visit(type, inner, `${path}.${name}`));
  };
  return Object.values(template.resources)
    .filter(({ Type }) => !/Policy$|^AWS::KMS::Key$/.test(Type))
    .flatMap(({ Type, Properties }) => visit(Type, Properties, ''));
}
