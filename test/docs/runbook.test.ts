import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type UseCase, useCaseSchema } from '@mooring/use-case/use-case';
import { guardrailAlarms } from '../../lambda/deploy/policy';
import { virtualCpus } from '../../lib/serving/saturation-alarms';
import { root, testApp, testUseCases } from '../support/app';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** Resources of an application whose use case has every part that can ring. */
function everything(): Resource[] {
  const loans = testUseCases().find((each) => each.useCase.name === 'loans');
  if (loans === undefined) throw new Error('the test use case loans is gone');
  const { monitoring, stages } = loans.useCase;
  const useCase: UseCase = useCaseSchema.parse({
    ...loans.useCase,
    monitoring: {
      ...monitoring,
      quality: { every: '1d', window: '2d', metric: 'auc', bound: 0.7 },
      bias: { every: '1d', metric: 'DPPL', max: 0.2 },
      explanations: { every: '1d', min_ndcg: 0.9 },
    },
    labels: { max_lag: '2d' },
    stages: { ...stages, staging: { ...stages.production } },
    notifications: { chats: [{ type: 'slack', parameter: '/mooring/chats/risk' }] },
  });
  const outdir = mkdtempSync(join(tmpdir(), 'mooring-runbook-'));
  process.env['CDK_VALIDATION'] = 'false';
  try {
    testApp([{ ...loans, useCase }], outdir).synth();
    return readdirSync(outdir)
      .filter((file) => file.endsWith('.template.json'))
      .flatMap((file) =>
        Object.values(
          (JSON.parse(readFileSync(join(outdir, file), 'utf8')) as { Resources: Record<string, Resource> }).Resources,
        ),
      );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const resources = everything();
const ofType = (type: string) => resources.filter((each) => each.Type === type).map((each) => each.Properties);
const name = (alarm: Readonly<Record<string, unknown>>): string => String(alarm['AlarmName']);
const metricAlarms = ofType('AWS::CloudWatch::Alarm');
/** Those of the stacks, and those that the deploy function makes while it deploys. */
const alarms = [
  ...metricAlarms,
  ...ofType('AWS::CloudWatch::CompositeAlarm'),
  ...guardrailAlarms('loans-endpoint', 'loans-endpoint-v1').map((each) => ({ ...each })),
];

/** The runbook's sections: text by heading. */
const sections = new Map(
  readFileSync(join(root, 'docs/operating.md'), 'utf8')
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section] as const),
);
const sectionOf = (alarm: Readonly<Record<string, unknown>>): string | undefined =>
  sections.get(/ See docs\/operating\.md#([a-z0-9-]+)$/.exec(String(alarm['AlarmDescription']))?.[1] ?? '');

describe('every alarm of an application that has all of them', () => {
  test('is one of those that this test knows, so that a kind cannot get lost', () => {
    const kinds = alarms.map(name).map((each) => each.replace(/^(loans|mooring)-/, ''));
    expect(kinds).toEqual(
      expect.arrayContaining([
        'drift',
        'drift-annuity',
        'quality-auc',
        'bias-DPPL-high',
        'bias-DPPL-low',
        'explanations',
        'no-data',
        'monitor-failed',
        'schedule-failed',
        'label-coverage',
        'label-lag',
        'deploying',
        'api-errors',
        'api-latency',
        'retrain-errors',
        'retrain-throttles',
        'predict-throttles',
        'chat-errors',
        'endpoint-errors',
        'endpoint-model-errors',
        'endpoint-latency',
        'endpoint-outage',
        'endpoint-out-of-service',
        'staging-endpoint-outage',
        'endpoint-capture-missing',
        'endpoint-saturated-cpu',
        'staging-endpoint-saturated-disk',
        'unhandled-events',
        'endpoint-v1-latency',
      ]),
    );
  });

  test('links to a section that says what it means, how to look and what to do', () => {
    const lacking = alarms.flatMap((alarm) => {
      const section = sectionOf(alarm);
      if (section === undefined) return [`${name(alarm)}: no section`];
      const missing = ['Means', 'Look', 'Do'].filter((part) => !section.includes(`**${part}** `));
      return missing.length === 0 ? [] : [`${name(alarm)}: ${missing.join(', ')}`];
    });
    expect(lacking).toEqual([]);
  });

  test('is named in its section', () => {
    const unnamed = alarms.map(name).filter((each, index) => {
      const heading = sectionOf(alarms[index] ?? {})?.split('**Means**')[0] ?? '';
      const patterns = [...heading.matchAll(/`([^`]+)`/g)].map(([, pattern = '']) =>
        pattern.startsWith('-') ? `.*${pattern}` : pattern.replace(/<[^>]+>/g, '.+'),
      );
      return !patterns.some((pattern) => new RegExp(`^${pattern}$`).test(each));
    });
    expect(unnamed).toEqual([]);
  });

  test('says how missing data counts', () => {
    expect(metricAlarms.filter((each) => each['TreatMissingData'] === undefined).map(name)).toEqual([]);
  });

  test('is reported by the notify function, but for parts of a composite and the one without notification', () => {
    const rules = JSON.stringify(
      ofType('AWS::Events::Rule').filter((each) =>
        /^loans-(alarm-rang|infrastructure-alarm|endpoint-alarm)$/.test(String(each['Name'])),
      ),
    );
    const ids = new Map(
      resources.filter((each) => each.Type === 'AWS::CloudWatch::Alarm').map((each) => [each, name(each.Properties)]),
    );
    const silent = [...ids.values()].filter((each) => !rules.includes(`"${each}"`));
    // By reference in the rule: their logical ids, not their names.
    const referenced = ['no-data', 'monitor-failed', 'schedule-failed', 'label-coverage', 'label-lag'];
    const children = [
      'drift-annuity',
      'drift-owns_car',
      'missing-annuity',
      'missing-owns_car',
      'quality-auc',
      'bias-DPPL-high',
      'bias-DPPL-low',
      'explanations',
    ];
    expect(silent.map((each) => each.replace('loans-', '')).sort()).toEqual(
      [...referenced, ...children, 'deploying'].sort(),
    );
    for (const id of ['NoData', 'MonitorFailed', 'ScheduleFailed', 'LabelCoverage', 'LabelLag', 'Drift'])
      expect(rules).toMatch(new RegExp(`"Fn::GetAtt":\\["${id}[0-9A-F]{8}","Arn"\\]`));
  });
});

test('the rules for them are patterns that EventBridge takes (2,048 characters), however long the name of the use case', () => {
  for (const which of ['infrastructure', 'endpoint']) {
    const [rule] = ofType('AWS::Events::Rule').filter((each) => each['Name'] === `loans-${which}-alarm`);
    const pattern = JSON.stringify(rule?.['EventPattern']).replaceAll('"loans-', `"${'x'.repeat(30)}-`);
    expect(pattern.length).toBeGreaterThan(1_000);
    expect(pattern.length).toBeLessThan(2_048);
  }
});

test('the bound of the CPUs counts all of them, because their utilizations are added', () => {
  expect(['ml.t2.medium', 'ml.m5.large', 'ml.c5.xlarge', 'ml.m5.2xlarge', 'ml.m5.24xlarge'].map(virtualCpus)).toEqual([
    2, 2, 4, 8, 96,
  ]);
  expect(metricAlarms.find((each) => name(each) === 'loans-endpoint-saturated-cpu')).toMatchObject({
    Namespace: '/aws/sagemaker/Endpoints',
    MetricName: 'CPUUtilization',
    Dimensions: [
      { Name: 'EndpointName', Value: 'loans-endpoint' },
      { Name: 'VariantName', Value: 'AllTraffic' },
    ],
    Threshold: 170,
    TreatMissingData: 'notBreaching',
  });
});
