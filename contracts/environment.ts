/** Environment variables of functions and jobs, declared once and read through `requireEnv`. */
export const environment = {
  useCase: 'MOORING_USE_CASE',
  stage: 'MOORING_STAGE',
  dataBucket: 'MOORING_DATA_BUCKET',
  artifactBucket: 'MOORING_ARTIFACT_BUCKET',
  topicArn: 'MOORING_TOPIC_ARN',
  pipelineName: 'MOORING_PIPELINE_NAME',
  packageGroup: 'MOORING_PACKAGE_GROUP',
  endpointName: 'MOORING_ENDPOINT_NAME',
  executionRoleArn: 'MOORING_EXECUTION_ROLE_ARN',
  kmsKeyArn: 'MOORING_KMS_KEY_ARN',
  compositeAlarm: 'MOORING_COMPOSITE_ALARM',
  scheduleName: 'MOORING_SCHEDULE_NAME',
  /** The use case as JSON (the parts a function needs). */
  settings: 'MOORING_SETTINGS',
  /**
   * Origins beside the chats' own that the chat function may post to, separated by spaces: for tests against a server on the
   * same machine. No stack sets it.
   */
  chatOrigins: 'MOORING_CHAT_ORIGINS',
} as const;

/**
 * Value of a mandatory environment variable.
 *
 * @throws Error naming the variable when it is absent or empty.
 */
export function requireEnv(name: string, source: Readonly<Record<string, string | undefined>> = process.env): string {
  const value = source[name];
  if (value === undefined || value === '') throw new Error(`environment variable ${name} is not set`);
  return value;
}
