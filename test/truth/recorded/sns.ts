import * as sns from '@aws-sdk/client-sns';
import { type RecordedCall, type World } from './world';

export const subscribe = (
  w: World,
  Attributes: Record<string, string>,
  more: Partial<sns.SubscribeCommandInput> = {},
): Promise<unknown> =>
  w.sns.send(
    new sns.SubscribeCommand({
      TopicArn: w.topic,
      Protocol: 'sqs',
      Endpoint: 'arn:aws:sqs:us-east-1:000000000000:recorded',
      Attributes,
      ...more,
    }),
  );
const publish = (w: World, more: Partial<sns.PublishCommandInput>): Promise<unknown> =>
  w.sns.send(new sns.PublishCommand({ TopicArn: w.topic, Message: 'x', ...more }));
const batchOf = (w: World, ids: readonly string[]): Promise<unknown> =>
  w.sns.send(
    new sns.PublishBatchCommand({
      TopicArn: w.topic,
      PublishBatchRequestEntries: ids.map((Id) => ({ Id, Message: 'x' })),
    }),
  );

export const ofSns: readonly RecordedCall[] = [
  ['sns', 'TestSNSPublishCrud::test_empty_sns_message', '', '400 InvalidParameter', (w) => publish(w, { Message: '' })],
  [
    'sns',
    'TestSNSPublishCrud::test_message_structure_json_exc',
    'missing-default-key',
    '400 InvalidParameter',
    (w) => publish(w, { MessageStructure: 'json', Message: '{"sqs":"x"}' }),
  ],
  [
    'sns',
    'TestSNSPublishCrud::test_message_structure_json_exc',
    'invalid-json',
    '400 InvalidParameter',
    (w) => publish(w, { MessageStructure: 'json', Message: '{"default": "x"} }' }),
  ],
  [
    'sns',
    'TestSNSPublishCrud::test_publish_too_long_message',
    'error',
    '400 InvalidParameter',
    (w) => publish(w, { Message: 'x'.repeat(300_000) }),
  ],
  [
    'sns',
    'TestSNSPublishCrud::test_publish_with_empty_subject',
    '',
    '400 InvalidParameter',
    (w) => publish(w, { Subject: '' }),
  ],
  [
    'sns',
    'TestSNSPublishCrud::test_publish_wrong_arn_format',
    'invalid-topic-arn-1',
    '400 InvalidParameter',
    (w) => publish(w, { TopicArn: 'randomstring:aa' }),
  ],
  [
    'sns',
    'TestSNSPublishCrud::test_publish_batch_invalid_entry_id',
    'invalid-char-dot',
    '400 InvalidBatchEntryId',
    (w) => batchOf(w, ['message.id']),
  ],
  [
    'sns',
    'TestSNSPublishCrud::test_publish_batch_invalid_entry_id',
    'invalid-char-special',
    '400 InvalidBatchEntryId',
    (w) => batchOf(w, ['msg@123#test']),
  ],
  [
    'sns',
    'TestSNSSubscriptionSQS::test_publish_batch_exceptions',
    'same-msg-id',
    '400 BatchEntryIdsNotDistinct',
    (w) => batchOf(w, ['1', '1']),
  ],
  [
    'sns',
    'TestSNSSubscriptionCrud::test_create_subscriptions_with_attr',
    'subscribe-wrong-attr',
    '400 InvalidParameter',
    (w) => subscribe(w, { RawMessageDelivery: 'wrongvalue' }),
  ],
  [
    'sns',
    'TestSNSSubscriptionCrud::test_subscribe_with_invalid_protoco',
    'exception',
    '400 InvalidParameter',
    (w) => subscribe(w, {}, { Protocol: 'test-protocol' }),
  ],
  [
    'sns',
    'TestSNSSubscriptionCrud::test_subscribe_with_invalid_topic',
    'invalid-subscribe-arn-2',
    '400 InvalidParameter',
    (w) => subscribe(w, {}, { TopicArn: 'arn:aws:sns:us-east-1:recorded' }),
  ],
  [
    'sns',
    'TestSNSSubscriptionCrud::test_unsubscribe_wrong_arn_format',
    'invalid-unsubscribe-arn-1',
    '400 InvalidParameter',
    (w) => w.sns.send(new sns.UnsubscribeCommand({ SubscriptionArn: 'randomstring' })),
  ],
  [
    'sns',
    'TestSNSSubscriptionSQS::test_subscribe_to_sqs_with_queue_url',
    'sub-queue-url',
    '400 InvalidParameter',
    (w) => subscribe(w, {}, { Endpoint: w.queue }),
  ],
  [
    'sns',
    'TestSNSSubscriptionSQSFifo::test_validations_for_fifo',
    'no-msg-dedup-regular-topic',
    '400 InvalidParameter',
    (w) => publish(w, { MessageDeduplicationId: 'x' }),
  ],
  [
    'sns',
    'TestSNSTopicCrud::test_create_topic_with_attributes',
    'get-attrs-malformed-topic',
    '400 InvalidParameter',
    (w) => w.sns.send(new sns.GetTopicAttributesCommand({ TopicArn: 'topic_name' })),
  ],
  [
    'sns',
    'TestSNSTopicCrudV2::test_create_topic_name_constraints',
    'name-too-short',
    '400 InvalidParameter',
    (w) => w.sns.send(new sns.CreateTopicCommand({ Name: '' })),
  ],
  [
    'sns',
    'TestSNSTopicCrudV2::test_create_topic_different_attrs',
    '',
    '400 InvalidParameter',
    (w) => w.sns.send(new sns.CreateTopicCommand({ Name: 'recorded', Attributes: { DisplayName: 'other' } })),
  ],
];
