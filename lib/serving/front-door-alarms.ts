import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { resourceNames } from '../../contracts/names';
import type { Api, UseCase } from '@mooring/use-case/use-case';

export interface FrontDoorAlarmsProps {
  readonly api: HttpApi;
  readonly useCase: UseCase;
  readonly settings: Api;
  readonly topic: sns.ITopic;
}

/** Alarms about what callers see: failed requests, and slow ones. Twice in a row, so that one cold start is no alarm. */
export function createFrontDoorAlarms(scope: Construct, props: FrontDoorAlarmsProps): readonly cloudwatch.Alarm[] {
  const { api, useCase, settings, topic } = props;
  const period = Duration.minutes(5);
  const common = {
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 2,
    datapointsToAlarm: 2,
    // Nobody asked: nothing is wrong.
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  } as const;
  const errors = new cloudwatch.Alarm(scope, 'ApiErrors', {
    ...common,
    alarmName: resourceNames.metricAlarm(useCase.name, 'api-errors'),
    alarmDescription: `More than ${settings.alarms.errors} % of the requests to the front door of ${useCase.name} fail. See docs/operating.md#api-errors`,
    // The average of zeros and ones is the share of failed requests.
    metric: api.metricServerError({ period, statistic: 'Average' }),
    threshold: settings.alarms.errors / 100,
  });
  const latency = new cloudwatch.Alarm(scope, 'ApiLatency', {
    ...common,
    alarmName: resourceNames.metricAlarm(useCase.name, 'api-latency'),
    alarmDescription: `The front door of ${useCase.name} takes more than ${settings.alarms.latency} ms (p95). See docs/operating.md#api-latency`,
    metric: api.metricLatency({ period, statistic: 'p95' }),
    threshold: settings.alarms.latency,
  });
  for (const alarm of [errors, latency]) alarm.addAlarmAction(new SnsAction(topic));
  return [errors, latency];
}
