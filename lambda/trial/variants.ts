import { DeleteAlarmsCommand, PutMetricAlarmCommand, type PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  type DescribeEndpointOutput,
  type ProductionVariantInstanceType,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { modelVersionVariable } from '../../contracts/front-door';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { prefixes, variantName } from '../../contracts/names';
import { challengerNames, type TrialState } from '../../contracts/records/trial';
import { shortHash } from '../shared/hash';
import type { Context } from './context';

/** Name of a trial's configuration and of the challenger's model; carries a hash of everything they are made of. */
export function configName(context: Context, live: LiveManifest, version: number, packageArn: string): string {
  const { stage, trial } = context.settings;
  const made = { packageArn, champion: live.model, stage, type: trial.type, share: trial.share };
  return `${context.endpointName}-trial-v${version}-${shortHash(made, 8)}`;
}

export async function describeEndpoint({
  sagemaker,
  endpointName,
}: Context): Promise<DescribeEndpointOutput | undefined> {
  try {
    return await sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpointName }));
  } catch (error) {
    if (says(error, /could not find|does not exist/i)) return undefined;
    throw error;
  }
}

/** Creates the challenger's model, the configuration with both variants, and the alarms that end the trial. */
export async function prepare(context: Context, state: TrialState, championModel: string): Promise<void> {
  const { sagemaker, cloudwatch, settings, useCase } = context;
  const { stage } = settings;
  const tags = [
    { Key: 'Application', Value: 'mooring' },
    { Key: 'UseCase', Value: useCase },
  ];
  await unlessExists(
    sagemaker.send(
      new CreateModelCommand({
        ModelName: state.endpoint_config,
        PrimaryContainer: {
          ModelPackageName: state.challenger.package_arn,
          Environment: { [modelVersionVariable]: String(state.challenger.version) },
        },
        ExecutionRoleArn: context.executionRoleArn,
        EnableNetworkIsolation: settings.network?.isolation ?? true,
        VpcConfig: settings.network?.vpc,
        Tags: tags,
      }),
    ),
  );
  const variant = (name: string, model: string, weight: number, count: number, instance: string = stage.instance) => ({
    VariantName: name,
    ModelName: model,
    InstanceType: instance as ProductionVariantInstanceType,
    InitialInstanceCount: count,
    InitialVariantWeight: weight,
  });
  // A scaled fleet's instance type cannot change, and what is compared should not either.
  const champion = await instanceOf(context, state.champion_config);
  const share = state.share / 100;
  const fleet = Math.max(1, Math.ceil(stage.count * share));
  const challenger = (weight: number) => variant(state.challenger.variant, state.endpoint_config, weight, fleet);
  await unlessExists(
    sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: state.endpoint_config,
        // A shadow's weight counts against the production variant's, which is 1.
        ...(state.type === 'ab'
          ? {
              ProductionVariants: [
                variant(variantName, championModel, round(1 - share), stage.count, champion),
                challenger(round(share)),
              ],
            }
          : {
              ProductionVariants: [variant(variantName, championModel, 1, stage.count, champion)],
              ShadowProductionVariants: [challenger(round(share))],
            }),
        KmsKeyId: context.kmsKeyArn,
        DataCaptureConfig: {
          EnableCapture: true,
          InitialSamplingPercentage: 100,
          DestinationS3Uri: `s3://${context.dataBucket}/${prefixes.capture(useCase)}`,
          KmsKeyId: context.kmsKeyArn,
          CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
          CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
        },
        Tags: tags,
      }),
    ),
  );
  for (const alarm of alarmsOf(state)) await cloudwatch.send(new PutMetricAlarmCommand(alarm));
}

/** Instance type of the live version's fleet, whatever the use case says by now. */
async function instanceOf({ sagemaker }: Context, configName: string): Promise<string | undefined> {
  const { ProductionVariants: variants = [] } = await sagemaker.send(
    new DescribeEndpointConfigCommand({ EndpointConfigName: configName }),
  );
  return variants.find((each) => each.VariantName === variantName)?.InstanceType;
}

function round(weight: number): number {
  return Math.round(weight * 1e6) / 1e6;
}

/**
 * Brings the endpoint to a configuration. @returns false when it is on its way elsewhere; its next event comes back here.
 *
 * All at once and without baking: configurations with different variants are exchanged so whatever is asked for, and the
 * champion's model is the same before and after.
 */
export async function moveTo(context: Context, config: string): Promise<boolean> {
  const { sagemaker, endpointName, settings } = context;
  const { autoscaled } = settings.stage;
  try {
    await sagemaker.send(
      new UpdateEndpointCommand({
        EndpointName: endpointName,
        EndpointConfigName: config,
        RetainAllVariantProperties: autoscaled,
        ExcludeRetainedVariantProperties: autoscaled
          ? [{ VariantPropertyType: 'DataCaptureConfig' }, { VariantPropertyType: 'DesiredWeight' }]
          : undefined,
      }),
    );
    return true;
  } catch (error) {
    if (says(error, /in-progress|in progress|cannot update/i)) return false;
    throw error;
  }
}

/** Deletes what was made for a trial. The endpoint must not use it any more. */
export async function cleanUp({ sagemaker, cloudwatch }: Context, state: TrialState): Promise<void> {
  const names = alarmsOf(state).map((each) => each.AlarmName ?? '');
  if (names.length > 0) await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: names }));
  const config = { EndpointConfigName: state.endpoint_config };
  await unlessGone(sagemaker.send(new DeleteEndpointConfigCommand(config)));
  await unlessGone(sagemaker.send(new DeleteModelCommand({ ModelName: state.endpoint_config })));
}

/** Alarms that stop an A/B test: its challenger answers customers. A shadow may fail as it likes; that is a finding. */
export function alarmsOf({ type, endpoint, endpoint_config }: TrialState): readonly PutMetricAlarmInput[] {
  if (type === 'shadow') return [];
  const alarm = (what: string, metric: string, threshold: number, text: string): PutMetricAlarmInput => ({
    AlarmName: `${endpoint_config}-${what}`,
    AlarmDescription: `${text} Stops the trial. See docs/operating.md#trials`,
    Namespace: 'AWS/SageMaker',
    MetricName: metric,
    Dimensions: [
      { Name: 'EndpointName', Value: endpoint },
      { Name: 'VariantName', Value: challengerNames.ab },
      { Name: 'EndpointConfigName', Value: endpoint_config },
    ],
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Threshold: threshold,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  });
  return [
    alarm('5xx', 'Invocation5XXErrors', 0.01, 'More than 1 % of the requests to the version on trial failed.'),
    alarm('model-errors', 'InvocationModelErrors', 0.05, 'The version on trial refused more than 5 % of the requests.'),
  ];
}

async function unlessExists(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!says(error, /already exist/i)) throw error;
  }
}

async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!says(error, /could not find|does not exist/i)) throw error;
  }
}

function says(error: unknown, what: RegExp): boolean {
  return error instanceof Error && what.test(error.message);
}
