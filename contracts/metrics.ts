import type { MonitorKind } from './names';

/**
 * CloudWatch names of what the monitor publishes and the alarms read. Model Monitor's own names (without leading slash,
 * plural), so that dashboards survive a change of engine.
 */
export const metricNamespaces: Readonly<Record<MonitorKind, string>> = {
  data: 'aws/sagemaker/Endpoints/data-metrics',
  quality: 'aws/sagemaker/Endpoints/model-metrics',
  bias: 'aws/sagemaker/Endpoints/bias-metrics',
  explanations: 'aws/sagemaker/Endpoints/explainability-metrics',
};

/** Namespace of what the notify function counts about deployments; dimension Endpoint. */
export const deploymentNamespace = 'mooring/deployments';

/** CloudWatch refuses custom namespaces that start with `AWS/`; the lower-case spelling is the service's own. */
export const metricDimensions = { endpoint: 'Endpoint', schedule: 'MonitoringSchedule' } as const;

export const metricNames = {
  drift: (feature: string) => `feature_baseline_drift_${feature}`,
  nonNull: (feature: string) => `feature_non_null_${feature}`,
  /** Share of rows that lack a feature beyond what its baseline lets expect; 0 when chance explains it. */
  missing: (feature: string) => `feature_missing_${feature}`,
  data: (feature: string) => `feature_data_${feature}`,
  bias: (metric: string) => `bias_metric_${metric}`,
  attribution: (feature: string) => `feature_${feature}`,
  /** Captured rows in the window; missing or zero means that capture stopped. */
  rows: 'captured_rows',
  /** 1 when the run finished, whatever it found. */
  runs: 'monitor_runs',
  /** Failed monitor jobs, counted by the notify function. */
  failures: 'monitor_failures',
  /**
   * Delivery, counted by the notify function. 1 while a deployment runs, 0 after it; versions that went live; deployments that
   * failed; seconds from the start of a version's pipeline execution until it was live; seconds for which the drift alarm rang;
   * number of the version that serves.
   */
  deploymentRunning: 'deployment_running',
  deployments: 'deployments',
  deploymentFailures: 'deployment_failures',
  leadTime: 'lead_time_seconds',
  timeToRestore: 'time_to_restore_seconds',
  liveVersion: 'live_version',
  /** 1 when a deployment saw no captured object of its smoke test, 0 when it did. Counted by the deploy function. */
  captureMissing: 'capture_missing',
  /** 1 when the endpoint went out of service (failed, deleted), 0 when it came into service. Counted by the deploy function. */
  outOfService: 'out_of_service',
  labelCoverage: 'label_coverage',
  labelLag: 'label_lag_seconds',
  /** Captured rows with a label, and labels that contradict an earlier one, as the join counts them. */
  labelledRows: 'labelled_rows',
  labelConflicts: 'label_conflicts',
  ndcg: 'attribution_ndcg',
} as const;

/** How infinities are published (Clarify's own mapping). */
export const metricInfinity = 2.348543e108;
