import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { variantName } from '../../contracts/names';

/** Shares of what an instance has, in percent, above which it has no room for a peak. */
const limits = { cpu: 85, memory: 85, disk: 75 } as const;

export interface SaturationAlarmsProps {
  readonly endpointName: string;
  /** Instance type of the endpoint: CPU utilization is summed over its virtual CPUs. */
  readonly instance: string;
  readonly topic: sns.ITopic;
}

/**
 * Alarms about instances that are nearly full for a quarter of an hour: CPU, memory, and the disk, at three quarters of
 * which SageMaker captures no more requests.
 */
export function createSaturationAlarms(scope: Construct, props: SaturationAlarmsProps): readonly cloudwatch.Alarm[] {
  const { endpointName, instance, topic } = props;
  const alarms = (
    [
      ['Cpu', 'CPUUtilization', limits.cpu * virtualCpus(instance), `Their CPUs are busy above ${limits.cpu} %`],
      ['Memory', 'MemoryUtilization', limits.memory, `Their memory is used above ${limits.memory} %`],
      ['Disk', 'DiskUtilization', limits.disk, `Their disks are used above ${limits.disk} %, where capture ends`],
    ] as const
  ).map(
    ([id, metricName, threshold, meaning]) =>
      new cloudwatch.Alarm(scope, `Saturated${id}`, {
        alarmName: `${endpointName}-saturated-${id.toLowerCase()}`,
        alarmDescription: `The instances of ${endpointName} are nearly full. ${meaning}. See docs/operating.md#endpoint-saturation`,
        metric: new cloudwatch.Metric({
          namespace: '/aws/sagemaker/Endpoints',
          metricName,
          dimensionsMap: { EndpointName: endpointName, VariantName: variantName },
          statistic: 'Average',
          period: Duration.minutes(5),
        }),
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold,
        evaluationPeriods: 3,
        datapointsToAlarm: 3,
        // No instance runs before the first deployment, and none is full.
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      }),
  );
  for (const alarm of alarms) alarm.addAlarmAction(new SnsAction(topic));
  return alarms;
}

/** Virtual CPUs of a SageMaker instance type: two up to `large`, four to each `xlarge`. */
export function virtualCpus(instance: string): number {
  const [, times] = /\.(\d*)xlarge$/.exec(instance) ?? [];
  return times === undefined ? 2 : 4 * Number(times === '' ? 1 : times);
}
