import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { durationSeconds } from '@mooring/use-case/duration';
import { metricDimensions, metricNames, metricNamespaces } from '../../../contracts/metrics';
import { resourceNames, stackNames } from '../../../contracts/names';
import { testUseCases } from '../../support/app';
import { loans, prices, properties, resources, synthTemplates, text } from '../../support/templates';

const { template, outdir } = synthTemplates();
afterAll(() => rmSync(outdir, { recursive: true }));

const stacks = [stackNames.foundation, ...Object.values(loans), ...Object.values(prices)];

interface Alarm {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
  readonly AlarmActions?: readonly unknown[];
}
const alarms = (stack: string): Alarm[] => properties(template(stack), 'AWS::CloudWatch::Alarm') as unknown as Alarm[];
const alarm = (stack: string, name: string): Alarm => {
  const found = alarms(stack).find((each) => each.AlarmName === name);
  if (found === undefined) throw new Error(`no alarm ${name}`);
  return found;
};
const rules = (stack: string) =>
  Object.fromEntries(
    properties(template(stack), 'AWS::Events::Rule').map((each) => [
      String(each['Name']),
      each['EventPattern'] as Readonly<Record<string, unknown>>,
    ]),
  );
const statements = (stack: string) =>
  properties(template(stack), 'AWS::IAM::Policy').flatMap(
    (each) =>
      (each['PolicyDocument'] as { Statement: { Action: string | string[]; Resource: unknown; Sid?: string }[] })
        .Statement,
  );

describe('the alarm of a monitored feature', () => {
  test('reads exactly what the monitor publishes', () => {
    expect(alarm(loans.monitoring, 'loans-drift-annuity')).toMatchObject({
      Namespace: metricNamespaces.data,
      MetricName: metricNames.drift('annuity'),
      Threshold: 0.2,
      ComparisonOperator: 'GreaterThanThreshold',
      Dimensions: [
        { Name: metricDimensions.endpoint, Value: resourceNames.endpoint('loans') },
        { Name: metricDimensions.schedule, Value: resourceNames.schedule('loans', 'data') },
      ],
    });
  });

  test('triggers the composite alarm, which others react to', () => {
    const [composite] = properties(template(loans.monitoring), 'AWS::CloudWatch::CompositeAlarm');
    expect(composite?.['AlarmName']).toBe('loans-drift');
    expect(text(composite?.['AlarmRule'], template(loans.monitoring))).toMatch(
      /^\(ALARM\(".*Drift.*"\) OR ALARM\(".*Drift.*"\)\)$/,
    );
  });
});

describe('every alarm', () => {
  test.each(stacks)('in %s says how missing data counts, and where to read on', (stack) => {
    for (const each of alarms(stack)) {
      expect(each.TreatMissingData).toMatch(/^(ignore|notBreaching)$/);
      expect(each.AlarmDescription).toMatch(/docs\/operating\.md#[a-z-]+$/);
    }
  });

  test('on a monitor has a period as long as its cadence, and looks at a week at most', () => {
    const loaded = testUseCases().find((each) => each.useCase.name === 'loans');
    const every = loaded?.useCase.monitoring.every ?? '';
    const watched = alarms(loans.monitoring).filter((each) =>
      Object.values<string>(metricNamespaces).includes(each.Namespace),
    );
    expect(watched.map((each) => each.AlarmName).sort()).toEqual([
      'loans-drift-annuity',
      'loans-drift-owns_car',
      'loans-missing-annuity',
      'loans-missing-owns_car',
      'loans-monitor-failed',
      'loans-no-data',
    ]);
    for (const each of watched) {
      expect(each.Period).toBe(durationSeconds(every));
      expect(each.Period * each.EvaluationPeriods).toBeLessThanOrEqual(7 * 86_400);
    }
  });
});

describe('a schedule of a monitor', () => {
  const [schedule] = properties(template(loans.monitoring), 'AWS::Scheduler::Schedule');
  const target = schedule?.['Target'] as { readonly Arn: unknown; readonly Input: unknown };
  const input = JSON.parse(text(target.Input, template(loans.monitoring))) as Readonly<Record<string, unknown>>;

  test('starts a processing job without a function in between', () => {
    expect(text(target.Arn, template(loans.monitoring))).toBe(
      'arn:aws:scheduler:::aws-sdk:sagemaker:createProcessingJob',
    );
    expect(schedule?.['ScheduleExpression']).toBe('rate(1 hour)');
  });

  test('gives each run a name of its own that SageMaker takes, and its window', () => {
    const name = String(input['ProcessingJobName']).replace('<aws.scheduler.execution-id>', 'd32c5kddcf5bb8c3');
    expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
    const longest = `${'a'.repeat(30)}-explanations-monitor`;
    expect(longest.length).toBeLessThanOrEqual(64);
    const { ContainerArguments: args } = input['AppSpecification'] as {
      readonly ContainerArguments: readonly string[];
    };
    expect(args.join(' ')).toBe(
      'monitor watch --kind data --window-end <aws.scheduler.scheduled-time> --window 1h --endpoint loans-endpoint --variant AllTraffic' +
        ' --schedule loans-data-monitor --capture s3://data/loans/capture --baseline s3://artifacts/loans/live/production' +
        ' --history s3://artifacts/loans/monitoring/data --output /opt/ml/processing/output/findings',
    );
  });
});

describe('an approval', () => {
  test('deploys once: other changes of an approved version do not match', () => {
    expect(rules(loans.serving)['loans-approved']).toEqual({
      source: ['aws.sagemaker'],
      'detail-type': ['SageMaker Model Package State Change'],
      detail: {
        ModelPackageGroupName: ['loans-models'],
        ModelApprovalStatus: ['Approved'],
        UpdatedModelPackageFields: ['ModelApprovalStatus'],
      },
    });
  });

  test('by the pipeline itself is noticed only where the use case approves automatically', () => {
    expect(Object.keys(rules(loans.serving))).not.toContain('loans-registered-approved');
    expect(rules(prices.serving)['prices-registered-approved']).toMatchObject({
      detail: { UpdatedModelPackageFields: [{ exists: false }] },
    });
  });
});

describe('the retrain function', () => {
  test('is asked when the composite alarm fires, unless its actions are suppressed', () => {
    expect(rules(loans.retraining)['loans-retrain-drift']?.['detail']).toEqual({
      state: { value: ['ALARM'], actionsSuppressedBy: [{ exists: false }] },
      previousState: { value: [{ 'anything-but': 'ALARM' }] },
    });
  });

  test('is asked again when an execution ends and after each cool-down, because an alarm fires once', () => {
    expect(Object.keys(rules(loans.retraining))).toContain('loans-retrain-execution-ended');
    expect(
      properties(template(loans.retraining), 'AWS::Scheduler::Schedule').map((each) => [
        each['Name'],
        each['ScheduleExpression'],
      ]),
    ).toEqual([['loans-retraining-reconcile', 'rate(6 hours)']]);
  });

  test('has no alarm to listen to when nothing is watched', () => {
    expect(Object.keys(rules(prices.retraining))).toEqual(['prices-retrain-execution-ended']);
    expect(properties(template(prices.retraining), 'AWS::Scheduler::Schedule')).toEqual([]);
  });
});

describe('every policy', () => {
  test.each(stacks)('in %s names its actions', (stack) => {
    const actions = statements(stack).flatMap((each) => each.Action);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('hands roles to SageMaker only', () => {
    for (const stack of stacks) {
      const passing = statements(stack).filter((each) => [each.Action].flat().includes('iam:PassRole'));
      for (const each of passing)
        expect(each).toMatchObject({
          Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
        });
    }
  });
});

describe('every function', () => {
  const megabyte = 1_000_000;

  test('is smaller than a megabyte, has its own role and keeps its environment below 4 KB', () => {
    const functions = stacks.flatMap((stack) => properties(template(stack), 'AWS::Lambda::Function'));
    expect(functions).toHaveLength(6);
    for (const each of functions) {
      const { S3Key: key } = each['Code'] as { readonly S3Key: string };
      const folder = join(outdir, `asset.${key.replace('.zip', '')}`);
      const size = readdirSync(folder)
        .filter((name) => name.endsWith('.js'))
        .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
      expect(size).toBeLessThan(megabyte);
      expect(JSON.stringify(each['Environment']).length).toBeLessThan(4_096);
      expect(each['DeadLetterConfig']).toBeDefined();
    }
    const roles = new Set(functions.map((each) => JSON.stringify([each['FunctionName'], each['Role']])));
    expect(roles.size).toBe(6);
  });
});

test('the whole application has no custom resource and no function but ours', () => {
  for (const stack of stacks) {
    const types = Object.values(template(stack).toJSON()['Resources'] as Record<string, { Type: string }>).map(
      (each) => each.Type,
    );
    expect(
      types.filter((type) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource'),
    ).toEqual([]);
  }
  expect(Object.keys(resources(template(stackNames.foundation), 'AWS::Lambda::Function'))).toEqual([]);
});
