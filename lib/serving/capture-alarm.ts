import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { deploymentNamespace, metricDimensions, metricNames } from '../../contracts/metrics';

/**
 * In ALARM from a deployment that saw no captured object until one that did: SageMaker reports no error when the models' role
 * cannot write, and monitors that see nothing find nothing.
 */
export function createCaptureAlarm(scope: Construct, endpointName: string, topic: sns.ITopic): cloudwatch.Alarm {
  const alarm = new cloudwatch.Alarm(scope, 'CaptureMissing', {
    alarmName: `${endpointName}-capture-missing`,
    alarmDescription:
      'Requests to the endpoint are not captured, so nothing watches it. See docs/operating.md#capture-missing',
    metric: new cloudwatch.Metric({
      namespace: deploymentNamespace,
      metricName: metricNames.captureMissing,
      dimensionsMap: { [metricDimensions.endpoint]: endpointName },
      statistic: 'Maximum',
      period: Duration.minutes(1),
    }),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: 0,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
  });
  alarm.addAlarmAction(new SnsAction(topic));
  return alarm;
}
