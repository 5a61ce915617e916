import { DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  type DataCaptureConfig,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  type DescribeEndpointOutput,
  type ProductionVariant,
  type ProductionVariantInstanceType,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { modelVersionVariable } from '../../contracts/front-door';
import { prefixes, variantName } from '../../contracts/names';
import type { Stage } from '@mooring/use-case/use-case';
import { asyncConfigOf } from './async-requests';
import type { Context } from './context';
import type { Plan } from './plan';
import { deploymentPolicy, guardrailAlarms, guardrailsOf } from './policy';
import { releaseTarget } from './scaling';

/** The endpoint as it is, or undefined when there is none. SageMaker reports absence as a ValidationException. */
export async function describeEndpoint({
  sagemaker,
  endpointName,
}: Context): Promise<DescribeEndpointOutput | undefined> {
  try {
    return await sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpointName }));
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** Creates model, configuration and guardrail alarms of a plan; what exists already has the same content by its name. */
export async function prepare(context: Context, plan: Plan): Promise<void> {
  const { sagemaker, cloudwatch, settings, endpointName } = context;
  const { stage } = settings;
  const tags = [
    { Key: 'Application', Value: 'mooring' },
    { Key: 'UseCase', Value: context.useCase },
  ];
  await unlessExists(
    sagemaker.send(
      new CreateModelCommand({
        ModelName: plan.name,
        PrimaryContainer: {
          ModelPackageName: plan.packageArn,
          // Answers repeat it: during a traffic shift nothing else tells which version an answer came from.
          Environment: { [modelVersionVariable]: String(plan.version) },
        },
        ExecutionRoleArn: context.executionRoleArn,
        // Serverless endpoints refuse both.
        EnableNetworkIsolation: stage.serverless === undefined && (settings.network?.isolation ?? true),
        VpcConfig: stage.serverless === undefined ? settings.network?.vpc : undefined,
        Tags: tags,
      }),
    ),
  );
  await unlessExists(
    sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: plan.name,
        ProductionVariants: [
          {
            VariantName: variantName,
            ModelName: plan.name,
            ...capacityOf(stage),
            InitialVariantWeight: 1,
          },
        ],
        DataCaptureConfig: stage.serverless === undefined && stage.async === undefined ? captureOf(context) : undefined,
        // Of the volumes; a serverless endpoint has none.
        KmsKeyId: stage.serverless === undefined ? context.kmsKeyArn : undefined,
        AsyncInferenceConfig: stage.async === undefined ? undefined : asyncConfigOf(context, stage.async),
        Tags: tags,
      }),
    ),
  );
  // Nothing would look at them: a serverless endpoint changes all at once, without baking.
  if (stage.serverless !== undefined) return;
  for (const alarm of guardrailsOf(stage, endpointName, plan.name))
    await cloudwatch.send(new PutMetricAlarmCommand(alarm));
}

function capacityOf({ serverless, instance, count }: Stage): Partial<ProductionVariant> {
  if (serverless === undefined)
    return { InstanceType: instance as ProductionVariantInstanceType, InitialInstanceCount: count };
  return { ServerlessConfig: { MemorySizeInMB: serverless.memory, MaxConcurrency: serverless.max_concurrency } };
}

function captureOf({ settings, dataBucket, useCase, kmsKeyArn }: Context): DataCaptureConfig {
  return {
    EnableCapture: settings.stage.capture > 0,
    InitialSamplingPercentage: settings.stage.capture,
    DestinationS3Uri: `s3://${dataBucket}/${prefixes.capture(useCase)}`,
    KmsKeyId: kmsKeyArn,
    CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
    // Other content types would be captured as base64.
    CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
  };
}

/** `started`: the endpoint is on its way to the plan. `busy`: it is on its way elsewhere; its next event comes back here. */
export type Move = 'there' | 'started' | 'busy';

/** Brings the endpoint towards a configuration, whatever state it is in. Returns at once. */
export async function moveTo(context: Context, configName: string, guarded = true): Promise<Move> {
  const { sagemaker, endpointName } = context;
  const endpoint = await describeEndpoint(context);
  if (endpoint === undefined) {
    return startOr(
      'busy',
      sagemaker.send(new CreateEndpointCommand({ EndpointName: endpointName, EndpointConfigName: configName })),
    );
  }
  switch (endpoint.EndpointStatus) {
    case 'InService':
      if (endpoint.EndpointConfigName === configName) return 'there';
      await releaseTarget(context, endpoint.EndpointConfigName, configName);
      return update(context, configName, guarded);
    case 'Failed':
      // A failed endpoint takes no update; its deletion sends the event that goes on.
      await sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpointName }));
      return 'busy';
    default: {
      const target = endpoint.PendingDeploymentSummary?.EndpointConfigName ?? endpoint.EndpointConfigName;
      return target === configName ? 'started' : 'busy';
    }
  }
}

async function update(context: Context, configName: string, guarded: boolean): Promise<Move> {
  const { sagemaker, endpointName, settings } = context;
  const alarms = guarded
    ? guardrailsOf(settings.stage, endpointName, configName).map((each) => each.AlarmName ?? '')
    : [];
  const autoscaled = settings.stage.autoscaling !== undefined;
  return startOr(
    'busy',
    sagemaker.send(
      new UpdateEndpointCommand({
        EndpointName: endpointName,
        EndpointConfigName: configName,
        DeploymentConfig:
          settings.stage.serverless === undefined ? deploymentPolicy(settings.stage.shift, alarms) : undefined,
        // An autoscaled fleet keeps its size; the capture settings always come from the new configuration.
        RetainAllVariantProperties: autoscaled,
        ExcludeRetainedVariantProperties: autoscaled ? [{ VariantPropertyType: 'DataCaptureConfig' }] : undefined,
      }),
    ),
  );
}

/** Removes the guardrail alarms of configurations once their deployments are over; some may be gone already. */
export async function removeGuardrails(context: Context, configNames: readonly string[]): Promise<void> {
  for (const configName of configNames) {
    const names = guardrailAlarms(context.endpointName, configName).map((each) => each.AlarmName ?? '');
    // Where one is missing, CloudWatch deletes none.
    if (!(await deleteAlarms(context, names))) for (const name of names) await deleteAlarms(context, [name]);
  }
}

/** @returns false when one of them does not exist. */
async function deleteAlarms({ cloudwatch }: Context, names: readonly string[]): Promise<boolean> {
  try {
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [...names] }));
    return true;
  } catch (error) {
    if (error instanceof Error && /^ResourceNotFound/.test(error.name)) return false;
    throw error;
  }
}

/** Whether SageMaker says that there is no such thing. */
export function isAbsence(error: unknown): boolean {
  return says(error, /could not find|does not exist/i);
}

async function startOr(otherwise: Move, call: Promise<unknown>): Promise<Move> {
  try {
    await call;
    return 'started';
  } catch (error) {
    if (says(error, /in-progress|in progress|cannot update|already exist/i)) return otherwise;
    throw error;
  }
}

async function unlessExists(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!says(error, /already exist/i)) throw error;
  }
}

function says(error: unknown, what: RegExp): boolean {
  return error instanceof Error && what.test(error.message);
}
