import { AwsError, messageOf, Unsupported } from '../../../core/errors';
import { body } from '../../../core/input';
import type { Body } from '../../../core/service';
import { compilePattern } from '../../shared/pattern';
import { protocols, type Protocol, type SubscriptionRecord, type TopicRecord } from '../runtime/topic';
import { parseJson } from '../../../core/json';

/** An InvalidParameter in SNS's words. */
export const invalid = (message: string): AwsError => new AwsError('InvalidParameter', `Invalid parameter: ${message}`);

/** Attributes of a topic with their defaults. @param confirmed number of its subscriptions */
export function describedTopic(topic: TopicRecord, own: string, confirmed: number): Readonly<Record<string, string>> {
  const defaultPolicy = JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'SNS:Publish',
          'SNS:Subscribe',
          'SNS:GetTopicAttributes',
          'SNS:SetTopicAttributes',
          'SNS:AddPermission',
          'SNS:RemovePermission',
          'SNS:DeleteTopic',
          'SNS:ListSubscriptionsByTopic',
        ],
        Resource: topic.arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': own } },
      },
    ],
  });
  return {
    TopicArn: topic.arn,
    Owner: own,
    DisplayName: '',
    Policy: defaultPolicy,
    SubscriptionsConfirmed: String(confirmed),
    SubscriptionsPending: '0',
    SubscriptionsDeleted: '0',
    ...topic.attributes,
  };
}

/** Attributes of a subscription with their defaults. */
export function describedSubscription(subscription: SubscriptionRecord, own: string): Readonly<Record<string, string>> {
  return {
    SubscriptionArn: subscription.arn,
    TopicArn: subscription.topicArn,
    Owner: own,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    PendingConfirmation: 'false',
    ConfirmationWasAuthenticated: 'true',
    RawMessageDelivery: 'false',
    ...subscription.attributes,
  };
}

/** What the lists tell of a subscription. */
export function listedSubscription(subscription: SubscriptionRecord, own: string): Body {
  return {
    SubscriptionArn: subscription.arn,
    Owner: own,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    TopicArn: subscription.topicArn,
  };
}

/** Whether a subscription may have such a protocol. */
export const isProtocol = (value: string): value is Protocol => (protocols as readonly string[]).includes(value);

/** @throws Unsupported naming an attribute that is not known. */
export function checkedName(name: string, known: readonly string[]): string {
  if (!known.includes(name)) throw new Unsupported(`the attribute ${name}`, `supported: ${known.join(', ')}`);
  return name;
}

/** @throws AwsError when a filter policy cannot be. */
export function checkFilter(policy: string | undefined): void {
  if (policy === undefined || policy === '' || policy === '{}') return;
  try {
    compilePattern(policy);
  } catch (error) {
    throw invalid(`FilterPolicy: ${messageOf(error)}`);
  }
  // EventBridge knows it, SNS does not.
  if (/"anything-but"\s*:\s*\{\s*"suffix"/.test(policy))
    throw invalid('Attributes Reason: FilterPolicy: Unsupported anything-but pattern: suffix');
}

/** The texts of a message with MessageStructure json. @throws AwsError when there is no default. */
export function byProtocol(message: string): Readonly<Record<string, string>> {
  try {
    const parsed = body({ Message: parseJson(message) }, 'Message');
    if (typeof parsed.default === 'string') return parsed as Readonly<Record<string, string>>;
  } catch {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
  throw invalid('Message Structure - No default entry in JSON message body');
}
