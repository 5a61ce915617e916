import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { durationSeconds } from '@mooring/use-case/duration';
import { deploymentNamespace, metricDimensions, metricNames } from '../../contracts/metrics';
import { variantName } from '../../contracts/names';
import { challengerNames } from '../../contracts/records/trial';
import { endpointAlarms } from '@mooring/use-case/sections/stage';
import type { Stage } from '@mooring/use-case/use-case';

export interface EndpointAlarmsProps {
  readonly endpointName: string;
  readonly stage: Stage;
  readonly topic: sns.ITopic;
}

const period = Duration.minutes(5);

/** A metric alarm of an endpoint, before it has a name and a text. */
interface Rule {
  readonly id: string;
  /** End of the alarm's name, and of its section in the runbook. */
  readonly what: string;
  readonly text: string;
  readonly metric: cloudwatch.Metric;
  readonly threshold: number;
  readonly comparison?: cloudwatch.ComparisonOperator;
}

/**
 * Alarms about what callers of an endpoint meet, whether or not it has a front door: errors, requests that the model did not
 * answer well, slow answers, and an outage. Twice in a row, so that one cold start or one bad caller is no alarm. A version on
 * trial has the first three of its own.
 */
export function createEndpointAlarms(scope: Construct, props: EndpointAlarmsProps): readonly cloudwatch.Alarm[] {
  const { endpointName, stage, topic } = props;
  const trial = stage.trial === undefined ? [] : [challengerNames[stage.trial.type]];
  const rules = [
    ...variantRules(props, variantName),
    ...trial.flatMap((variant) => variantRules(props, variant)),
    ...waitingRules(props),
    ...outageRules(props),
  ];
  const alarms = rules.map(({ id, what, text, metric, threshold, comparison }) => {
    const section = `endpoint-${what.replace(/^(challenger|shadow)-/, '')}`;
    return new cloudwatch.Alarm(scope, id, {
      alarmName: `${endpointName}-${what}`,
      alarmDescription: `${text} See docs/operating.md#${section}`,
      metric,
      threshold,
      comparisonOperator: comparison ?? cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      // Nobody asked: nothing is wrong.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  });
  for (const alarm of alarms) alarm.addAlarmAction(new SnsAction(topic));
  return [...alarms, createOutOfServiceAlarm(scope, props)];
}

/** What one variant's answers are like. Averages of zeros and ones are shares. */
function variantRules({ endpointName, stage }: EndpointAlarmsProps, variant: string): readonly Rule[] {
  const { errors, model_errors: modelErrors, latency } = endpointAlarms.parse(stage.alarms ?? {});
  const main = variant === variantName;
  const who = main ? `The endpoint ${endpointName}` : `The version on trial at ${endpointName}`;
  const [idOf, nameOf] = main
    ? [(id: string) => `Endpoint${id}`, (what: string) => what]
    : [(id: string) => `${variant}${id}`, (what: string) => `${variant.toLowerCase()}-${what}`];
  const metric = (metricName: string, statistic = 'Average') => metricOf(endpointName, metricName, statistic, variant);
  return [
    {
      id: idOf('Errors'),
      what: nameOf('errors'),
      text: `${who} answers more than ${errors} % of the requests with a 5xx.`,
      metric: metric('Invocation5XXErrors'),
      threshold: errors / 100,
    },
    {
      id: idOf('ModelErrors'),
      what: nameOf('model-errors'),
      text: `${who} has no good answer to more than ${modelErrors} % of the requests.`,
      metric: metric('InvocationModelErrors'),
      threshold: modelErrors / 100,
    },
    // An asynchronous model may take long; what counts is how long requests wait.
    ...(stage.async === undefined
      ? [
          {
            id: idOf('Latency'),
            what: nameOf('latency'),
            text: `${who} takes more than ${latency} ms (p95).`,
            metric: metric('ModelLatency', 'p95'),
            // SageMaker measures microseconds.
            threshold: latency * 1_000,
          },
        ]
      : []),
  ];
}

/** How long requests to an asynchronous endpoint wait, and whether anything works on them. */
function waitingRules({ endpointName, stage }: EndpointAlarmsProps): readonly Rule[] {
  if (stage.async === undefined) return [];
  const { age } = endpointAlarms.parse(stage.alarms ?? {});
  return [
    {
      id: 'EndpointLatency',
      what: 'latency',
      text: `Requests to the endpoint ${endpointName} wait longer than ${age}.`,
      metric: metricOf(endpointName, 'ApproximateAgeOfOldestRequest', 'Maximum'),
      threshold: durationSeconds(age),
    },
  ];
}

/** Requests came, and the model answered none of them. */
function outageRules({ endpointName }: EndpointAlarmsProps): readonly Rule[] {
  return [
    {
      id: 'EndpointOutage',
      what: 'outage',
      text: `The endpoint ${endpointName} is asked and answers nobody.`,
      metric: metricOf(endpointName, 'InvocationModelErrors', 'Average', variantName),
      threshold: 1,
      comparison: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    },
  ];
}

/**
 * In ALARM from the event that says that the endpoint failed or is gone until the one that says that it serves: SageMaker
 * has no metric of requests that it refuses because there is nothing to ask.
 */
function createOutOfServiceAlarm(scope: Construct, { endpointName, topic }: EndpointAlarmsProps): cloudwatch.Alarm {
  const alarm = new cloudwatch.Alarm(scope, 'EndpointOutOfService', {
    alarmName: `${endpointName}-out-of-service`,
    alarmDescription: `The endpoint ${endpointName} failed or is gone; nothing serves. See docs/operating.md#endpoint-out-of-service`,
    metric: new cloudwatch.Metric({
      namespace: deploymentNamespace,
      metricName: metricNames.outOfService,
      dimensionsMap: { [metricDimensions.endpoint]: endpointName },
      // A failed endpoint that is made anew within the minute serves.
      statistic: 'Minimum',
      period: Duration.minutes(1),
    }),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: 0,
    evaluationPeriods: 1,
    // One point when it goes and one when it comes back: between them the state holds.
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
  });
  alarm.addAlarmAction(new SnsAction(topic));
  return alarm;
}

function metricOf(endpoint: string, metricName: string, statistic: string, variant?: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/SageMaker',
    metricName,
    dimensionsMap: { EndpointName: endpoint, ...(variant === undefined ? {} : { VariantName: variant }) },
    statistic,
    period,
  });
}

/** Ends of the names of an endpoint's alarms. */
export function endpointAlarmEnds(stage: Stage): readonly string[] {
  const variant = ['errors', 'model-errors', 'latency'];
  const trial = stage.trial === undefined ? [] : [challengerNames[stage.trial.type].toLowerCase()];
  return [
    ...variant,
    ...trial.flatMap((each) => variant.map((end) => `${each}-${end}`)),
    ...['outage', 'out-of-service', 'capture-missing', 'saturated-cpu', 'saturated-memory', 'saturated-disk'],
  ];
}
