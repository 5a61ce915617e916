import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { DeploymentConfig } from '@aws-sdk/client-sagemaker';
import { durationSeconds } from '@mooring/use-case/duration';
import { variantName } from '../../contracts/names';
import type { Stage } from '@mooring/use-case/use-case';

/** SageMaker's bounds of a whole deployment, in seconds. */
const shortestDeployment = 600;
const longestDeployment = 28_800;
/** Room for starting instances and containers, beside the waits: half an hour. */
const provisioning = 1_800;

/** How traffic moves to the new fleet, and which alarms bring it back. */
export function deploymentPolicy(shift: Stage['shift'], alarms: readonly string[]): DeploymentConfig {
  const wait = durationSeconds(shift.bake);
  const steps = 'percent' in shift && shift.type !== 'canary' ? Math.ceil(100 / shift.percent) : 2;
  const timeout = Math.min(longestDeployment, Math.max(shortestDeployment, wait * steps + provisioning));
  const rollback = { AutoRollbackConfiguration: { Alarms: alarms.map((AlarmName) => ({ AlarmName })) } };
  if (shift.type === 'rolling') {
    return {
      ...rollback,
      RollingUpdatePolicy: {
        MaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: shift.percent },
        WaitIntervalInSeconds: wait,
        MaximumExecutionTimeoutInSeconds: timeout,
      },
    };
  }
  return {
    ...rollback,
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: { ...routing(shift), WaitIntervalInSeconds: wait },
      TerminationWaitInSeconds: 0,
      MaximumExecutionTimeoutInSeconds: timeout,
    },
  };
}

function routing(shift: Exclude<Stage['shift'], { type: 'rolling' }>) {
  switch (shift.type) {
    case 'all-at-once':
      return { Type: 'ALL_AT_ONCE' } as const;
    case 'canary':
      return { Type: 'CANARY', CanarySize: { Type: 'CAPACITY_PERCENT', Value: shift.percent } } as const;
    case 'linear':
      return { Type: 'LINEAR', LinearStepSize: { Type: 'CAPACITY_PERCENT', Value: shift.percent } } as const;
  }
}

/**
 * Alarms that judge the new fleet while it bakes.
 *
 * The dimension EndpointConfigName leaves the old fleet out: a broken model in production must not stop its successor.
 * Errors are averaged, which gives their share of the invocations. Latency needs three bad minutes, because the first
 * requests to a new container take several times as long as later ones.
 */
export function guardrailAlarms(endpointName: string, configName: string): PutMetricAlarmInput[] {
  const common = {
    Namespace: 'AWS/SageMaker',
    Dimensions: [
      { Name: 'EndpointName', Value: endpointName },
      { Name: 'VariantName', Value: variantName },
      { Name: 'EndpointConfigName', Value: configName },
    ],
    Statistic: 'Average',
    Period: 60,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  } as const satisfies Partial<PutMetricAlarmInput>;
  const alarm = (
    what: string,
    metric: string,
    threshold: number,
    periods: number,
    text: string,
  ): PutMetricAlarmInput => ({
    ...common,
    AlarmName: `${configName}-${what}`,
    AlarmDescription: `${text} Rolls the deployment back. See docs/operating.md#guardrails`,
    MetricName: metric,
    Threshold: threshold,
    EvaluationPeriods: periods,
    DatapointsToAlarm: periods,
  });
  return [
    alarm('5xx', 'Invocation5XXErrors', 0.01, 1, 'More than 1 % of the requests to the new model failed.'),
    alarm(
      'model-errors',
      'InvocationModelErrors',
      0.05,
      1,
      'The new model could not answer more than 5 % of the requests.',
    ),
    alarm(
      'latency',
      'ModelLatency',
      1_000_000,
      3,
      'The new model took more than a second on average for three minutes.',
    ),
  ];
}

/** The alarms that suit a stage: an asynchronous model may take long. */
export function guardrailsOf(stage: Stage, endpointName: string, configName: string): PutMetricAlarmInput[] {
  const alarms = guardrailAlarms(endpointName, configName);
  return stage.async === undefined ? alarms : alarms.filter((each) => each.MetricName !== 'ModelLatency');
}
