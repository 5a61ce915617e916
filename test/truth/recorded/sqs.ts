import * as sqs from '@aws-sdk/client-sqs';
import { type RecordedCall, type World } from './world';

const send = (w: World, more: Partial<sqs.SendMessageCommandInput>): Promise<unknown> =>
  w.sqs.send(new sqs.SendMessageCommand({ QueueUrl: w.queue, MessageBody: 'x', ...more }));
const queue = (w: World, Attributes: Record<string, string>): Promise<unknown> =>
  w.sqs.send(new sqs.CreateQueueCommand({ QueueName: `other-${Object.keys(Attributes)[0] ?? ''}`, Attributes }));
const entries = (count: number): sqs.SendMessageBatchRequestEntry[] =>
  Array.from({ length: count }, (_, index) => ({ Id: `id${index}`, MessageBody: 'x' }));

export const ofSqs: readonly RecordedCall[] = [
  [
    'sqs',
    'TestSqsProvider::test_non_existent_queue',
    'queue-does-not-exist-query',
    '400 AWS.SimpleQueueService.NonExistentQueue',
    (w) => w.sqs.send(new sqs.GetQueueAttributesCommand({ QueueUrl: w.queue.replace('recorded', 'absent') })),
  ],
  [
    'sqs',
    'TestSqsProvider::test_too_many_entries_in_batch_request',
    '',
    '400 AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
    (w) => w.sqs.send(new sqs.SendMessageBatchCommand({ QueueUrl: w.queue, Entries: entries(20) })),
  ],
  [
    'sqs',
    'TestSqsProvider::test_invalid_batch_id',
    '',
    '400 AWS.SimpleQueueService.InvalidBatchEntryId',
    (w) =>
      w.sqs.send(new sqs.SendMessageBatchCommand({ QueueUrl: w.queue, Entries: [{ Id: 'a.b', MessageBody: 'x' }] })),
  ],
  [
    'sqs',
    'TestSqsProvider::test_create_standard_queue_with_fifo_attribute',
    'invalid-attribute-content',
    '400 InvalidAttributeName',
    (w) => queue(w, { ContentBasedDeduplication: 'false' }),
  ],
  [
    'sqs',
    'TestSqsProvider::test_create_standard_queue_with_fifo_attribute',
    'invalid-attribute-dedup',
    '400 InvalidAttributeName',
    (w) => queue(w, { DeduplicationScope: 'queue' }),
  ],
  [
    'sqs',
    'TestSqsProvider::test_create_standard_queue_with_fifo_attribute',
    'invalid-attribute-through',
    '400 InvalidAttributeName',
    (w) => queue(w, { FifoThroughputLimit: 'perQueue' }),
  ],
  [
    'sqs',
    'TestSqsProvider::test_create_queue_with_different_attributes',
    '',
    '400 QueueAlreadyExists',
    (w) => w.sqs.send(new sqs.CreateQueueCommand({ QueueName: 'recorded', Attributes: { DelaySeconds: '2' } })),
  ],
  [
    'sqs',
    'TestSqsProvider::test_send_receive_max_number_of_messages',
    '',
    '400 InvalidParameterValue',
    (w) => w.sqs.send(new sqs.ReceiveMessageCommand({ QueueUrl: w.queue, MaxNumberOfMessages: 11 })),
  ],
  [
    'sqs',
    'TestSqsProvider::test_send_receive_wait_time_seconds',
    'recieve_message_error_too_large',
    '400 InvalidParameterValue',
    (w) => w.sqs.send(new sqs.ReceiveMessageCommand({ QueueUrl: w.queue, WaitTimeSeconds: 21 })),
  ],
  [
    'sqs',
    'TestSqsProvider::test_send_receive_wait_time_seconds',
    'recieve_message_error_too_small',
    '400 InvalidParameterValue',
    (w) => w.sqs.send(new sqs.ReceiveMessageCommand({ QueueUrl: w.queue, WaitTimeSeconds: -1 })),
  ],
  [
    'sqs',
    'TestSqsProvider::test_send_oversized_message',
    '',
    '400 InvalidParameterValue',
    (w) => send(w, { MessageBody: 'x'.repeat(1_048_577) }),
  ],
  ['sqs', 'TestSqsProvider::test_send_empty_message', '', '400 MissingParameter', (w) => send(w, { MessageBody: '' })],
  [
    'sqs',
    'TestSqsProvider::test_send_message_with_empty_string_attribute',
    '',
    '400 InvalidParameterValue',
    (w) => send(w, { MessageAttributes: { ErrorDetails: { DataType: 'String', StringValue: '' } } }),
  ],
  [
    'sqs',
    'TestSqsProvider::test_set_unsupported_attribute_fifo',
    'invalid-attr-name-1',
    '400 InvalidAttributeName',
    (w) => w.sqs.send(new sqs.SetQueueAttributesCommand({ QueueUrl: w.queue, Attributes: { FifoQueue: 'true' } })),
  ],
  [
    'sqs',
    'TestSqsProvider::test_send_message_to_standard_queue_with_invalid_message_group_id',
    '',
    '400 InvalidParameterValue',
    (w) => send(w, { MessageGroupId: 'group 123' }),
  ],
];
