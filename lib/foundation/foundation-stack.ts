import { Aws, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { appName, parameterNames, resourceNames } from '../../contracts/names';
import { arn } from '../config/arn';

/** The alarm about events that no function could handle; it belongs to all use cases. */
export const unhandledEventsAlarm = `${appName}-unhandled-events`;

/** What every use case builds on. */
export interface Foundation {
  readonly key: kms.IKey;
  readonly dataBucket: s3.IBucket;
  readonly artifactBucket: s3.IBucket;
  readonly topic: sns.ITopic;
  readonly deadLetters: sqs.IQueue;
}

export interface FoundationStackProps extends StackProps {
  /** Name of the artifact bucket, for accounts that read from another one's. @default generated */
  readonly artifactBucketName?: string;
}

/**
 * Shared by all use cases.
 *
 * Creates the key, the data and the artifact bucket with their access logs, the notification topic, the queue for events
 * that no function could handle, and the parameters by which people and tools find them.
 * Buckets and key outlive the stack: they hold the evidence.
 */
export class FoundationStack extends Stack implements Foundation {
  readonly key: kms.Key;
  readonly dataBucket: s3.Bucket;
  readonly artifactBucket: s3.Bucket;
  readonly topic: sns.Topic;
  readonly deadLetters: sqs.Queue;

  constructor(scope: Construct, id: string, props: FoundationStackProps = {}) {
    super(scope, id, { description: 'Mooring: key, buckets, notifications', ...props });
    this.key = this.createKey();
    const accessLogs = this.createAccessLogs();
    this.dataBucket = this.createBucket('Data', accessLogs);
    this.artifactBucket = this.createBucket('Artifacts', accessLogs, props.artifactBucketName);
    this.topic = this.createTopic();
    this.deadLetters = this.createDeadLetters();
    this.createParameters();
  }

  private createKey(): kms.Key {
    const key = new kms.Key(this, 'Key', {
      alias: `alias/${appName}`,
      description: 'Data, artifacts and notifications of Mooring',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // Alarms publish to the encrypted topic; EventBridge writes to the encrypted queue, and its calls of KMS carry neither
    // source account nor source ARN: a condition on them would lose every dead letter.
    const writers = [
      this.serviceOfThisAccount('cloudwatch.amazonaws.com'),
      new iam.ServicePrincipal('events.amazonaws.com'),
    ];
    for (const service of writers) key.grant(service, 'kms:Decrypt', 'kms:GenerateDataKey*');
    this.allowLogs(key);
    return key;
  }

  /** CloudWatch Logs encrypts the log groups of this account. */
  private allowLogs(key: kms.Key): void {
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'LogsOfThisAccount',
        principals: [new iam.ServicePrincipal(`logs.${Aws.REGION}.${Aws.URL_SUFFIX}`)],
        actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        resources: ['*'],
        conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arn('logs', 'log-group:*') } },
      }),
    );
  }

  private createAccessLogs(): s3.Bucket {
    return new s3.Bucket(this, 'AccessLogs', {
      // S3 delivers access logs only to buckets without a customer key.
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      versioned: true,
      lifecycleRules: [
        { id: 'expire', expiration: Duration.days(365), noncurrentVersionExpiration: Duration.days(30) },
      ],
    });
  }

  private createBucket(id: string, accessLogs: s3.IBucket, bucketName?: string): s3.Bucket {
    const bucket = new s3.Bucket(this, id, {
      bucketName,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      versioned: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: `${id.toLowerCase()}/`,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { id: 'abandoned-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
        { id: 'old-versions', noncurrentVersionExpiration: Duration.days(180) },
      ],
    });
    // The construct's own switch adds a function to set this; the property alone does the same.
    const resource = bucket.node.defaultChild as s3.CfnBucket;
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    return bucket;
  }

  private createTopic(): sns.Topic {
    const topic = new sns.Topic(this, 'Notifications', {
      topicName: resourceNames.topic,
      displayName: 'Mooring',
      masterKey: this.key,
      enforceSSL: true,
    });
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [this.serviceOfThisAccount('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
      }),
    );
    return topic;
  }

  private createDeadLetters(): sqs.Queue {
    const queue = new sqs.Queue(this, 'DeadLetters', {
      encryption: sqs.QueueEncryption.KMS,
      encryptionMasterKey: this.key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    queue.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'RulesOfThisAccount',
        principals: [new iam.ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        // The condition that EventBridge documents for dead-letter queues.
        conditions: { ArnLike: { 'aws:SourceArn': arn('events', 'rule/*') } },
      }),
    );
    Validations.of(queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This is the dead-letter queue, of functions, rules and schedules; an alarm watches it.',
    });
    const alarm = new cloudwatch.Alarm(this, 'UnhandledEvents', {
      alarmName: unhandledEventsAlarm,
      alarmDescription: 'Events that no function could handle. See docs/operating.md#unhandled-events',
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    return queue;
  }

  private createParameters(): void {
    const values: Readonly<Record<keyof typeof parameterNames, string>> = {
      dataBucket: this.dataBucket.bucketName,
      artifactBucket: this.artifactBucket.bucketName,
      topic: this.topic.topicArn,
    };
    for (const name of ['dataBucket', 'artifactBucket', 'topic'] as const) {
      new ssm.StringParameter(this, `Parameter-${name}`, {
        parameterName: parameterNames[name],
        stringValue: values[name],
      });
    }
  }

  private serviceOfThisAccount(service: string): iam.PrincipalWithConditions {
    return new iam.PrincipalWithConditions(new iam.ServicePrincipal(service), {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
    });
  }
}
