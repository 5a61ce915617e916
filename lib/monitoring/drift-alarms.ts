import { Duration } from 'aws-cdk-lib';
import { UserError } from '@mooring/use-case/errors';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { fairValue } from '../../contracts/bias-distance';
import { answerType, driftDirection } from '@mooring/use-case/drift-detectors';
import { durationSeconds } from '@mooring/use-case/duration';
import { metricDimensions, metricNames, metricNamespaces } from '../../contracts/metrics';
import { type MonitorKind, resourceNames } from '../../contracts/names';
import { errorMetrics } from '@mooring/use-case/error-metrics';
import type { UseCase } from '@mooring/use-case/use-case';

const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD, GREATER_THAN_UPPER_THRESHOLD, LESS_THAN_LOWER_THRESHOLD } =
  cloudwatch.ComparisonOperator;

/** One alarm on what a monitor publishes. */
export interface AlarmRule {
  readonly id: string;
  readonly alarmName: string;
  readonly kind: MonitorKind;
  readonly metricName: string;
  readonly comparison: cloudwatch.ComparisonOperator;
  readonly threshold: number;
  /** Width of the band of usual values in standard deviations, where that and not the threshold bounds the metric. */
  readonly band?: number;
  /** What it means, in a sentence; the link to the runbook is added. */
  readonly meaning: string;
  /** Section of docs/operating.md. */
  readonly section: string;
  readonly every: string;
}

/** The alarms that mean drift: two per monitored feature, and what the further monitors watch. */
export function driftRules(useCase: UseCase): AlarmRule[] {
  return [
    ...featureRules(useCase),
    ...missingRules(useCase),
    ...qualityRules(useCase),
    ...biasRules(useCase),
    ...explanationRules(useCase),
  ];
}

/** A feature that is left empty has no distribution that could drift. Model Monitor publishes no such metric. */
function missingRules({ name, task, monitoring }: UseCase): AlarmRule[] {
  if (monitoring.engine !== 'open') return [];
  return monitoring.features
    .filter((feature) => answerType(feature.name, task) === undefined)
    .map((feature) => ({
      id: `Missing-${feature.name}`,
      alarmName: resourceNames.missingAlarm(name, feature.name),
      kind: 'data',
      metricName: metricNames.missing(feature.name),
      comparison: GREATER_THAN_THRESHOLD,
      threshold: 0,
      meaning: `More requests lack ${feature.name} than the training data and chance explain.`,
      section: 'missing-values',
      every: monitoring.every,
    }));
}

function featureRules({ name, task, monitoring }: UseCase): AlarmRule[] {
  return monitoring.features.map((feature) => {
    // A p-value is worse when it is smaller, a distance when it is larger.
    const below = driftDirection(feature.detector) === 'below';
    return {
      id: `Drift-${feature.name}`,
      alarmName: resourceNames.featureAlarm(name, feature.name),
      kind: 'data',
      metricName: metricNames.drift(feature.name),
      comparison: below ? LESS_THAN_THRESHOLD : GREATER_THAN_THRESHOLD,
      threshold: feature.threshold,
      ...(feature.band === undefined ? {} : { band: feature.band }),
      meaning:
        answerType(feature.name, task) === undefined
          ? `The distribution of ${feature.name} in the requests differs from the training data.`
          : `The distribution of the model's ${feature.name} differs from that on the test set.`,
      section: 'drift',
      every: monitoring.every,
    };
  });
}

function qualityRules({ name, monitoring }: UseCase): AlarmRule[] {
  const { quality } = monitoring;
  if (quality === undefined) return [];
  const isError = errorMetrics.includes(quality.metric);
  return [
    {
      id: 'Quality',
      alarmName: resourceNames.metricAlarm(name, `quality-${quality.metric}`),
      kind: 'quality',
      metricName: quality.metric,
      comparison: isError ? GREATER_THAN_THRESHOLD : LESS_THAN_THRESHOLD,
      threshold: quality.bound,
      meaning: `${quality.metric} against ground truth is ${isError ? 'above' : 'below'} its bound.`,
      section: 'model-quality',
      every: quality.every,
    },
  ];
}

/** Bias may grow in either direction from what is fair, so it is bounded by two alarms. */
function biasRules({ name, monitoring }: UseCase): AlarmRule[] {
  const { bias } = monitoring;
  if (bias === undefined) return [];
  const common = {
    kind: 'bias',
    metricName: metricNames.bias(bias.metric),
    meaning: `${bias.metric} of the predictions is outside its bounds.`,
    section: 'bias',
    every: bias.every,
  } as const;
  return [
    {
      ...common,
      id: 'BiasHigh',
      alarmName: resourceNames.metricAlarm(name, `bias-${bias.metric}-high`),
      comparison: GREATER_THAN_THRESHOLD,
      threshold: fairValue(bias.metric) + bias.max,
    },
    {
      ...common,
      id: 'BiasLow',
      alarmName: resourceNames.metricAlarm(name, `bias-${bias.metric}-low`),
      comparison: LESS_THAN_THRESHOLD,
      threshold: fairValue(bias.metric) - bias.max,
    },
  ];
}

function explanationRules({ name, monitoring }: UseCase): AlarmRule[] {
  const { explanations } = monitoring;
  if (explanations === undefined) return [];
  return [
    {
      id: 'Explanations',
      alarmName: resourceNames.metricAlarm(name, 'explanations'),
      kind: 'explanations',
      metricName: metricNames.ndcg,
      comparison: LESS_THAN_THRESHOLD,
      threshold: explanations.min_ndcg,
      meaning: 'The order of the features by influence differs from the one at training.',
      section: 'explanations',
      every: explanations.every,
    },
  ];
}

/**
 * An alarm whose period is the cadence of its monitor: shorter, and it would see hours without data in between.
 *
 * Missing data keeps the state. A window with too few rows is neither drift nor its end.
 */
export function createDriftAlarm(scope: Construct, rule: AlarmRule, { name, monitoring }: UseCase): cloudwatch.Alarm {
  const common = {
    alarmName: rule.alarmName,
    alarmDescription: `${rule.meaning} See docs/operating.md#${rule.section}`,
    metric: monitorMetric(name, rule.kind, rule.metricName, rule.every),
    evaluationPeriods: monitoring.alarm.windows,
    datapointsToAlarm: monitoring.alarm.datapoints,
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
  };
  if (rule.band === undefined)
    return new cloudwatch.Alarm(scope, rule.id, {
      ...common,
      comparisonOperator: rule.comparison,
      threshold: rule.threshold,
    });
  return new cloudwatch.AnomalyDetectionAlarm(scope, rule.id, {
    ...common,
    stdDevs: rule.band,
    comparisonOperator:
      rule.comparison === LESS_THAN_THRESHOLD ? LESS_THAN_LOWER_THRESHOLD : GREATER_THAN_UPPER_THRESHOLD,
  });
}

/** A metric as the monitor publishes it. @param statistic default Average */
export function monitorMetric(
  useCase: string,
  kind: MonitorKind,
  metricName: string,
  every: string,
  statistic = 'Average',
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: metricNamespaces[kind],
    metricName,
    dimensionsMap: {
      [metricDimensions.endpoint]: resourceNames.endpoint(useCase),
      [metricDimensions.schedule]: resourceNames.schedule(useCase, kind),
    },
    statistic,
    period: Duration.seconds(durationSeconds(every)),
  });
}

/** PutCompositeAlarm: characters of a rule, and alarms that it may name. */
const compositeLimits = { characters: 10_240, alarms: 100 } as const;

/**
 * Refuses at synthesis what CloudWatch would refuse in the middle of a deployment.
 *
 * @param alarmNames alarms that mean drift
 * @throws UserError when one composite alarm cannot hold them, in the region with the longest name.
 */
export function checkComposite(useCase: string, alarmNames: readonly string[]): void {
  const prefix = 'ALARM("arn:aws-us-gov:cloudwatch:ap-southeast-1:111122223333:alarm:") OR ';
  const characters = alarmNames.reduce((sum, name) => sum + prefix.length + name.length, 0);
  if (characters <= compositeLimits.characters && alarmNames.length <= compositeLimits.alarms) return;
  throw new UserError(
    `${useCase} has ${alarmNames.length} alarms that mean drift, ${characters} characters together; one composite alarm of CloudWatch holds ${compositeLimits.alarms} alarms in ${compositeLimits.characters} characters. ` +
      'List fewer monitoring.features: the reports show all features all the same.',
  );
}
