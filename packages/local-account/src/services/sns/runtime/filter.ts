import { isBody } from '../../../core/input';
import { compilePattern } from '../../shared/pattern';
import { parseJson } from '../../../core/json';
import { textFor, type Notification, type SubscriptionRecord } from './topic';

/**
 * Whether a subscription's filter policy lets a message through. Policies have the form of event patterns, on the message's
 * attributes or, with FilterPolicyScope MessageBody, on its JSON body; a body that is no JSON object never passes.
 */
export function passesFilter(subscription: SubscriptionRecord, notification: Notification): boolean {
  const policy = subscription.attributes.FilterPolicy;
  if (policy === undefined || policy === '' || policy === '{}') return true;
  const pattern = compilePattern(policy);
  // A message without attributes passes no filter on attributes, not even "exists": false.
  if (subscription.attributes.FilterPolicyScope !== 'MessageBody')
    return Object.keys(notification.attributes).length > 0 && pattern(attributeValues(notification));
  try {
    const body: unknown = parseJson(textFor(notification, subscription.protocol));
    return isBody(body) && pattern(body);
  } catch {
    return false;
  }
}

function attributeValues(notification: Notification): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(notification.attributes).map(([name, { DataType, StringValue = '' }]) => {
      if (DataType.startsWith('Number')) return [name, Number(StringValue)];
      if (DataType === 'String.Array') return [name, arrayOf(StringValue)];
      return [name, StringValue];
    }),
  );
}

function arrayOf(json: string): unknown {
  try {
    return parseJson(json);
  } catch {
    return json;
  }
}
