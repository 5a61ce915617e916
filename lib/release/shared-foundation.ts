import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Foundation, FoundationStack } from '../foundation/foundation-stack';

/**
 * The foundation's exports, written out. Stacks of another stage import them by name, so the foundation must export them
 * whether or not a stack of its own stage happens to use them.
 */
export interface FoundationExports {
  readonly key: string;
  readonly dataBucket: string;
  readonly dataBucketArn: string;
  readonly artifactBucket: string;
  readonly artifactBucketArn: string;
  readonly topic: string;
  readonly deadLetters: string;
  readonly deadLettersUrl: string;
  readonly deadLettersName: string;
}

/** Exports everything that other stages use, under the names that references between stacks get anyway. */
export function exportFoundation(foundation: FoundationStack): FoundationExports {
  const { key, dataBucket, artifactBucket, topic, deadLetters } = foundation;
  const exported = (value: string): string => foundation.exportValue(value) as string;
  return {
    key: exported(key.keyArn),
    dataBucket: exported(dataBucket.bucketName),
    dataBucketArn: exported(dataBucket.bucketArn),
    artifactBucket: exported(artifactBucket.bucketName),
    artifactBucketArn: exported(artifactBucket.bucketArn),
    topic: exported(topic.topicArn),
    deadLetters: exported(deadLetters.queueArn),
    deadLettersUrl: exported(deadLetters.queueUrl),
    deadLettersName: exported(deadLetters.queueName),
  };
}

/** The foundation of another stage of the same account, as stacks of this stage see it. */
export function importFoundation(scope: Construct, exports: FoundationExports): Foundation {
  const encryptionKey = kms.Key.fromKeyArn(scope, 'FoundationKey', exports.key);
  return {
    key: encryptionKey,
    dataBucket: s3.Bucket.fromBucketAttributes(scope, 'FoundationData', {
      bucketArn: exports.dataBucketArn,
      bucketName: exports.dataBucket,
      encryptionKey,
    }),
    artifactBucket: s3.Bucket.fromBucketAttributes(scope, 'FoundationArtifacts', {
      bucketArn: exports.artifactBucketArn,
      bucketName: exports.artifactBucket,
      encryptionKey,
    }),
    topic: sns.Topic.fromTopicArn(scope, 'FoundationTopic', exports.topic),
    deadLetters: sqs.Queue.fromQueueAttributes(scope, 'FoundationDeadLetters', {
      queueArn: exports.deadLetters,
      queueUrl: exports.deadLettersUrl,
      queueName: exports.deadLettersName,
    }),
  };
}
