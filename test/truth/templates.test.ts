import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cfnLint } from './support/cfn-lint';
import { type Known, unexplained } from './support/known';
import { synthVariants, type Variant } from './support/variants';

const known: readonly Known[] = [
  {
    finding: /^W3005 /,
    because: 'the CDK adds DependsOn between a function and its role though a reference orders them too; harmless',
  },
  {
    finding: /^E3703 release\/Mooring-Release .*Configuration\/RoleArn: Prefer using Fn::Sub/,
    because: 'a matter of style; the CDK writes Fn::Join, and CloudFormation resolves both alike',
  },
  {
    finding: /^W7001 native\/\S+-Monitoring .*ImagesRegistries/,
    because: "SageMaker's own monitors run in images of their own, and the mapping costs nothing",
  },
  {
    finding: /^E3006 \S+ \S+: Resource type 'AWS::SageMaker::ModelPackageGroup' does not exist in 'cn-north-1'/,
    because: 'the schemas that CloudFormation publishes for China lack it; docs/unverified.md says how to settle it',
  },
  {
    finding:
      /^E3006 native\/\S+ \S+: Resource type 'AWS::SageMaker::(DataQualityJobDefinition|MonitoringSchedule)' does not exist in '(cn-north-1|us-gov-west-1)'/,
    because: 'engine: model-monitor is for regions that have Model Monitor; the open engine is the default',
  },
  {
    finding: /^E3006 release\/\S+ \S+: Resource type 'AWS::CodeConnections::Connection' does not exist in 'cn-north-1'/,
    because: 'the release pipeline needs CodeConnections; China has none, and the application deploys without it',
  },
];

describe('templates of every shipped use case, of eight variants and of the release application', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-truth-'));
  let variants: readonly Variant[];
  beforeAll(() => (variants = synthVariants(folder)), 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('are valid in two regions and two other partitions, but for what is listed with a reason', () => {
    const files = variants.flatMap((each) => each.templates.map(({ file }) => file));
    expect(files.length).toBeGreaterThan(90);
    expect(unexplained(cfnLint(files), known)).toEqual({ findings: [], stale: [] });
  }, 180_000);

  test.each([
    ['a property that the type does not have', '"AlarmActions"', '"AlarmAction"', 'AlarmAction'],
    ['a value that the property does not take', '"GreaterThanThreshold"', '"AboveThreshold"', 'AboveThreshold'],
    ['a type that does not exist', '"AWS::CloudWatch::Alarm"', '"AWS::CloudWatch::Alert"', 'Alert'],
  ])('the check finds %s', (_, right, wrong, named) => {
    const monitoring = variants[0]?.templates.find(({ stack }) => stack.endsWith('Monitoring'));
    const file = join(folder, 'faulty.template.json');
    writeFileSync(file, readFileSync(monitoring?.file ?? '', 'utf8').replaceAll(right, wrong));
    expect(unexplained(cfnLint([file]), known).findings).toEqual(
      expect.arrayContaining([expect.stringContaining(named)]),
    );
  });
});
