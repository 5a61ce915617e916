import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { modelPackageStateChange } from '../../../contracts/events';
import approved from '../../../contracts/events/fixtures/model-package-approved.json';
import type { LiveManifest } from '../../../contracts/records/live-manifest';
import { begin } from '../../../lambda/deploy/begin';
import { complete } from '../../../lambda/deploy/complete';
import type { Context } from '../../../lambda/deploy/context';
import { FakeS3 } from '../../support/fake-s3';
import { FakeEndpoint } from './fake-endpoint';

const predictions = 'owns_car,annuity,paid_back,prediction,score\nY,"1,200",1,1,0.9\nN,300,0,0,0.2\n';
export const scores: Readonly<Record<string, string>> = { 'Y,"1,200"': '1,0.9', 'N,300': '0,0.2' };

/** The container's answer to a bad row, as InvokeEndpoint passes it on. */
export function refuseRow(status: number): never {
  throw Object.assign(new Error('not a row'), { name: 'ModelError', OriginalStatusCode: status });
}

export interface DeployWorldOptions {
  /** Answers of the endpoint by line. */
  readonly answers?: Readonly<Record<string, string>>;
  readonly autoscaling?: ApplicationAutoScalingClient;
  readonly autoscaled?: { readonly min: number; readonly max: number; readonly invocations_per_instance: number };
}

/** Everything around the deploy function, and the messages that it sent. */
export function deployWorld({ answers = scores, autoscaling, autoscaled }: DeployWorldOptions = {}) {
  const s3 = new FakeS3();
  const endpoint = new FakeEndpoint();
  const runtime = new SageMakerRuntimeClient({ region: 'eu-west-1' });
  const cloudwatch = new CloudWatchClient({ region: 'eu-west-1' });
  const sns = new SNSClient({ region: 'eu-west-1' });
  const told: string[] = [];
  const alarms = mockClient(cloudwatch);
  alarms.on(PutMetricAlarmCommand).resolves({});
  let deletion: Error | undefined;
  alarms.on(DeleteAlarmsCommand).callsFake(() => {
    if (deletion !== undefined) throw deletion;
    return {};
  });
  alarms.on(PutMetricDataCommand).resolves({});
  mockClient(sns)
    .on(PublishCommand)
    .callsFake(({ Subject, Message }: { Subject: string; Message: string }) => {
      told.push(`${Subject}\n${Message}`);
      return {};
    });
  mockClient(runtime)
    .on(InvokeEndpointCommand)
    .callsFake(({ Body }: { Body: Uint8Array }) => {
      const line = Buffer.from(Body).toString();
      if (line.endsWith(',mooring-smoke-test')) refuseRow(400);
      s3.objects.set(`data/loans/capture/loans-endpoint/AllTraffic/2026/11/20/10/${s3.objects.size}.jsonl`, '{}');
      return { Body: Buffer.from(answers[line] ?? 'nothing') };
    });
  s3.objects.set('artifacts/loans/executions/run1/Evaluate/predictions/predictions.csv', predictions);
  s3.objects.set('artifacts/loans/executions/run1/DataQuality/baseline/statistics.json', '{"version": 0}');
  s3.objects.set('artifacts/loans/executions/run1/ModelQuality/baseline/prediction_statistics.json', '{"rows": 9}');
  const context: Context = {
    sagemaker: endpoint.client,
    runtime,
    cloudwatch,
    autoscaling: autoscaling ?? new ApplicationAutoScalingClient({ region: 'eu-west-1' }),
    sns,
    useCase: 'loans',
    stage: 'production',
    endpointName: 'loans-endpoint',
    packageGroup: 'loans-models',
    executionRoleArn: 'arn:aws:iam::111122223333:role/models',
    kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1',
    topicArn: 'arn:aws:sns:eu-west-1:111122223333:mooring-notifications',
    dataBucket: 'data',
    artifacts: { s3: s3.client, name: 'artifacts' },
    settings: {
      task: 'binary',
      label: 'paid_back',
      stage: {
        instance: 'ml.m5.large',
        count: 2,
        shift: { type: 'canary', percent: 50, bake: '5m' },
        approval: 'manual',
        capture: 100,
        ...(autoscaled === undefined ? {} : { autoscaling: autoscaled }),
      },
      approvals: 'registry',
      promotes: false,
      tested: false,
    },
    requestId: 'request',
    sleep: () => Promise.resolve(),
  };
  const subjects = (): string[] => told.map((each) => each.split('\n')[0] ?? '');
  const live = (): LiveManifest | null =>
    s3.json('artifacts/loans/live/production/manifest.json') as LiveManifest | null;
  const approve = (version: number, time: string): Promise<string> =>
    begin(
      context,
      modelPackageStateChange.parse({
        ...approved,
        time,
        detail: {
          ...approved.detail,
          ModelPackageVersion: version,
          ModelPackageArn: `arn:aws:sagemaker:eu-west-1:111122223333:model-package/loans-models/${version}`,
        },
      }),
    );
  const event = (time: string): Promise<string> => complete(context, time);
  const failAlarmDeletion = (error: Error | undefined): void => {
    deletion = error;
  };
  return { context, s3, endpoint, alarms, told, subjects, live, approve, event, failAlarmDeletion };
}
