import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { deploymentNamespace, metricDimensions, metricNames } from '../../contracts/metrics';
import { resourceNames } from '../../contracts/names';

/**
 * In ALARM while a deployment runs. It sends no notification: it holds back what the drift alarm would start, because the windows
 * of that time hold answers of two models. What still fires afterwards is found by the next second look.
 */
export function createDeployingAlarm(scope: Construct, useCase: string): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, 'Deploying', {
    alarmName: resourceNames.metricAlarm(useCase, 'deploying'),
    alarmDescription: 'A deployment is running, so drift starts no retraining. See docs/operating.md#deploying',
    metric: deploymentMetric(useCase, metricNames.deploymentRunning, Duration.minutes(1), 'Minimum'),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: 0,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    // One point at the beginning and one at the end: between them the state holds.
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
  });
}

/** A metric that the notify function counts from the endpoint's events. */
export function deploymentMetric(
  useCase: string,
  metricName: string,
  period: Duration,
  statistic: string,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: deploymentNamespace,
    metricName,
    dimensionsMap: { [metricDimensions.endpoint]: resourceNames.endpoint(useCase) },
    statistic,
    period,
  });
}
