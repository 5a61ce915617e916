import { Duration, Tags } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { metricNames } from '../../contracts/metrics';
import { resourceNames, variantName } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { deploymentMetric } from './deploying-alarm';
import { type AlarmRule, driftRules, monitorMetric } from './drift-alarms';

const half = 12;

/** What a person looks at first: state of the loop, traffic, drift, quality against ground truth, bias, deliveries. */
export function createDashboard(
  scope: Construct,
  useCase: UseCase,
  alarms: readonly cloudwatch.IAlarm[],
): cloudwatch.Dashboard {
  const rows = [loop(useCase, alarms), traffic(useCase), ...watched(useCase), ...deliveries(useCase)];
  const dashboard = new cloudwatch.Dashboard(scope, 'Dashboard', {
    dashboardName: useCase.name,
    defaultInterval: Duration.days(14),
    widgets: rows,
  });
  // CloudFormation's published schema of a dashboard knows no tags.
  for (const key of ['Application', 'UseCase']) Tags.of(dashboard).remove(key);
  return dashboard;
}

function graph(title: string, metrics: cloudwatch.IMetric[], bounds: readonly number[] = []): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({
    title,
    width: half,
    left: metrics,
    leftAnnotations: bounds.map((value) => ({ value, label: 'bound', color: cloudwatch.Color.RED })),
  });
}

/** Which version serves, and what is out of order. */
function loop({ name }: UseCase, alarms: readonly cloudwatch.IAlarm[]): cloudwatch.IWidget[] {
  const version = deploymentMetric(name, metricNames.liveVersion, Duration.minutes(5), 'Maximum');
  return [
    new cloudwatch.AlarmStatusWidget({ title: 'State of the loop', width: half, alarms: [...alarms] }),
    graph('Version that serves', [version]),
  ];
}

function traffic({ name }: UseCase): cloudwatch.IWidget[] {
  const metric = (metricName: string, statistic: string): cloudwatch.Metric =>
    new cloudwatch.Metric({
      namespace: 'AWS/SageMaker',
      metricName,
      dimensionsMap: { EndpointName: resourceNames.endpoint(name), VariantName: variantName },
      statistic,
      period: Duration.minutes(5),
    });
  return [
    graph('Requests and errors', [
      metric('Invocations', 'Sum'),
      metric('Invocation4XXErrors', 'Sum'),
      metric('Invocation5XXErrors', 'Sum'),
    ]),
    graph('Latency of the model (microseconds)', [metric('ModelLatency', 'p50'), metric('ModelLatency', 'p95')]),
  ];
}

const isMissing = ({ section }: AlarmRule): boolean => section === 'missing-values';

/** One graph for each kind of monitor, with the bounds of its alarms. */
function watched(useCase: UseCase): cloudwatch.IWidget[][] {
  const titles = {
    data: 'Drift by feature',
    quality: 'Quality against ground truth',
    bias: 'Bias of the predictions',
    explanations: 'Order of the features by influence (NDCG)',
  } as const;
  const rules = driftRules(useCase);
  const graphs = (Object.keys(titles) as (keyof typeof titles)[]).flatMap((kind) => {
    const own = rules.filter((rule) => rule.kind === kind && !isMissing(rule));
    if (own.length === 0) return [];
    const names = [...new Set(own.map((rule) => rule.metricName))];
    const every = own[0]?.every ?? useCase.monitoring.every;
    return [
      graph(
        titles[kind],
        names.map((name) => monitorMetric(useCase.name, kind, name, every)),
        [...new Set(own.map((rule) => rule.threshold))],
      ),
    ];
  });
  const rows = monitorMetric(useCase.name, 'data', metricNames.rows, useCase.monitoring.every, 'Maximum');
  const missing = rules
    .filter(isMissing)
    .map((rule) => monitorMetric(useCase.name, 'data', rule.metricName, rule.every));
  const widgets = [
    ...graphs,
    ...(missing.length === 0 ? [] : [graph('Share of rows that lack a feature, beyond the training data', missing)]),
    graph('Captured rows in a window', [rows]),
  ];
  return widgets
    .map((_, index) => (index % 2 === 0 ? widgets.slice(index, index + 2) : []))
    .filter((row) => row.length > 0);
}

/** The four delivery metrics, all from events: how often, how fast, how often it fails, how long until drift ends. */
function deliveries({ name }: UseCase): cloudwatch.IWidget[][] {
  const week = Duration.days(7);
  const shipped = deploymentMetric(name, metricNames.deployments, week, 'Sum');
  const failed = deploymentMetric(name, metricNames.deploymentFailures, week, 'Sum');
  const rate = new cloudwatch.MathExpression({
    expression: '100 * FILL(failed, 0) / (FILL(shipped, 0) + FILL(failed, 0))',
    usingMetrics: { shipped, failed },
    label: 'change-fail rate (%)',
    period: week,
  });
  const hours = (metricName: string, label: string): cloudwatch.MathExpression =>
    new cloudwatch.MathExpression({
      expression: 'seconds / 3600',
      usingMetrics: { seconds: deploymentMetric(name, metricName, week, 'Average') },
      label,
      period: week,
    });
  return [
    [graph('Deployments in a week', [shipped, failed]), graph('Change-fail rate', [rate])],
    [
      graph('Lead time: from training to live', [hours(metricNames.leadTime, 'hours')]),
      graph('Time to restore: how long drift alarms lasted', [hours(metricNames.timeToRestore, 'hours')]),
    ],
  ];
}
