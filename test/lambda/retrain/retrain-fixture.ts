import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribePipelineExecutionCommand,
  ListPipelineExecutionsCommand,
  ListPipelineParametersForExecutionCommand,
  SageMakerClient,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import type { Decision } from '../../../contracts/records/decision';
import type { RetrainSettings } from '../../../contracts/function-settings';
import type { Context } from '../../../lambda/retrain/context';

interface Execution {
  readonly arn: string;
  readonly token: string;
  readonly parameters: Readonly<Record<string, string>>;
  status: 'Executing' | 'Succeeded' | 'Failed';
}

export const settings: RetrainSettings = {
  retraining: {
    on_drift: true,
    on_new_data: true,
    cool_down: '6h',
    max_per_day: 3,
    min_new_labels: 0,
    data: 'base+window',
    window: '30d',
    envelope: { hyperparameters: {} },
  },
  hyperparameters: { max_depth: 3 },
  approval: 'auto',
  every: '1h',
  label: 'repaid',
  champion: false,
  settles: 7_200,
  configHash: 'hash-1',
};

/** What the retrain function sees of AWS, in memory. */
export class RetrainFixture {
  readonly objects = new Map<string, string>();
  readonly executions: Execution[] = [];
  readonly news: { readonly subject: string; readonly text: string }[] = [];
  alarm: { state: 'OK' | 'ALARM'; since: string } = { state: 'OK', since: '2026-03-01T00:00:00Z' };
  /** Throws once instead of starting. */
  failNextStart = false;
  readonly context: Context;

  constructor(changed: Partial<RetrainSettings['retraining']> = {}) {
    const s3 = new S3Client({});
    this.mockS3(s3);
    this.context = {
      sagemaker: this.sagemaker(),
      cloudwatch: this.cloudwatch(),
      sns: this.sns(),
      useCase: 'loans',
      pipelineName: 'loans-pipeline',
      compositeAlarm: 'loans-drift',
      topicArn: 'arn:aws:sns:us-east-1:000000000000:news',
      data: { s3, name: 'data' },
      artifacts: { s3, name: 'artifacts' },
      settings: { ...settings, retraining: { ...settings.retraining, ...changed } },
    };
  }

  put(bucket: string, key: string, content: unknown): void {
    this.objects.set(`${bucket}/${key}`, typeof content === 'string' ? content : JSON.stringify(content));
  }

  decisions(): Decision[] {
    return [...this.objects]
      .filter(([key]) => key.startsWith('artifacts/loans/decisions/'))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, text]) => JSON.parse(text) as Decision);
  }

  private mockS3(client: S3Client): void {
    const mock = mockClient(client);
    mock
      .on(PutObjectCommand)
      .callsFake((input: { Bucket: string; Key: string; Body: string; IfNoneMatch?: string }) => {
        const key = `${input.Bucket}/${input.Key}`;
        if (input.IfNoneMatch === '*' && this.objects.has(key))
          throw Object.assign(new Error('exists'), { name: 'PreconditionFailed' });
        this.objects.set(key, input.Body);
        return {};
      });
    mock.on(GetObjectCommand).callsFake((input: { Bucket: string; Key: string }) => {
      const text = this.objects.get(`${input.Bucket}/${input.Key}`);
      if (text === undefined) throw new NoSuchKey({ message: 'none', $metadata: {} });
      return { Body: { transformToString: () => Promise.resolve(text) } };
    });
    mock.on(ListObjectsV2Command).callsFake((input: { Bucket: string; Prefix: string }) => ({
      Contents: [...this.objects.keys()]
        .filter((key) => key.startsWith(`${input.Bucket}/${input.Prefix}`))
        .sort()
        .map((key) => ({ Key: key.slice(input.Bucket.length + 1), LastModified: new Date('2026-03-01T00:00:00Z') })),
    }));
  }

  private sagemaker(): SageMakerClient {
    const client = new SageMakerClient({});
    const mock = mockClient(client);
    mock
      .on(StartPipelineExecutionCommand)
      .callsFake((input: { ClientRequestToken: string; PipelineParameters: { Name: string; Value: string }[] }) => {
        if (this.failNextStart) {
          this.failNextStart = false;
          throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
        }
        const same = this.executions.find((each) => each.token === input.ClientRequestToken);
        if (same !== undefined) return { PipelineExecutionArn: same.arn };
        const arn = `arn:aws:sagemaker:us-east-1:000000000000:pipeline/loans-pipeline/execution/e${this.executions.length}`;
        const parameters = Object.fromEntries(input.PipelineParameters.map(({ Name, Value }) => [Name, Value]));
        this.executions.push({ arn, token: input.ClientRequestToken, parameters, status: 'Executing' });
        return { PipelineExecutionArn: arn };
      });
    mock.on(ListPipelineExecutionsCommand).callsFake(() => ({
      PipelineExecutionSummaries: this.executions.map(({ arn, status }) => ({
        PipelineExecutionArn: arn,
        PipelineExecutionStatus: status,
      })),
    }));
    mock.on(DescribePipelineExecutionCommand).callsFake((input: { PipelineExecutionArn: string }) => ({
      PipelineExecutionStatus: this.executions.find((each) => each.arn === input.PipelineExecutionArn)?.status,
    }));
    mock.on(ListPipelineParametersForExecutionCommand).resolves({ PipelineParameters: [] });
    return client;
  }

  private cloudwatch(): CloudWatchClient {
    const client = new CloudWatchClient({});
    mockClient(client)
      .on(DescribeAlarmsCommand)
      .callsFake(() => ({
        CompositeAlarms: [{ StateValue: this.alarm.state, StateTransitionedTimestamp: new Date(this.alarm.since) }],
      }));
    return client;
  }

  private sns(): SNSClient {
    const client = new SNSClient({});
    mockClient(client)
      .on(PublishCommand)
      .callsFake((input: { Subject: string; Message: string }) => {
        this.news.push({ subject: input.Subject, text: input.Message });
        return {};
      });
    return client;
  }
}

const common = { account: '000000000000', region: 'us-east-1', resources: [], version: '0' };

export const alarmEvent = (time: string, id = `alarm-${time}`): Record<string, unknown> => ({
  ...common,
  id,
  time,
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName: 'loans-drift', state: { value: 'ALARM', timestamp: time }, previousState: { value: 'OK' } },
});

export const endedEvent = (time: string, arn: string, status = 'Succeeded'): Record<string, unknown> => ({
  ...common,
  id: `ended-${arn}`,
  time,
  source: 'aws.sagemaker',
  'detail-type': 'SageMaker Model Building Pipeline Execution Status Change',
  detail: { pipelineArn: 'arn', pipelineExecutionArn: arn, currentPipelineExecutionStatus: status },
});

export const requestEvent = (time: string, trigger: 'schedule' | 'reconcile' | 'manual'): Record<string, unknown> => ({
  ...common,
  id: `${trigger}-${time}`,
  time,
  source: 'mooring',
  'detail-type': 'Mooring Retraining Request',
  detail: { trigger, ...(trigger === 'manual' ? { requestedBy: 'maria' } : {}) },
});
