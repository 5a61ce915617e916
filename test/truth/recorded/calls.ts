import * as scheduler from '@aws-sdk/client-scheduler';
import { ofS3 } from './s3';
import { ofSqs } from './sqs';
import { ofSns, subscribe } from './sns';
import { ofEvents } from './events';
import { ofLambda } from './lambda';
import { ofOthers } from './others';
import type { RecordedError } from '../support/recorded-errors';
import type { RecordedCall, World } from './world';

export const recordedCalls: readonly RecordedCall[] = [
  ...ofS3,
  ...ofSqs,
  ...ofSns,
  ...ofEvents,
  ...ofLambda,
  ...ofOthers,
];

/** Calls that a recorded message spells out itself: schedule expressions and filter policies. */
export function derivedCall({
  service,
  message,
  test,
}: RecordedError): ((world: World) => Promise<unknown>) | undefined {
  // The recording's parameter keeps the spaces that the message lost.
  const expression = message.startsWith('Invalid Schedule Expression') ? /\[(.*)\]$/.exec(test)?.[1] : undefined;
  if (service === 'scheduler' && expression !== undefined)
    return (w) =>
      w.scheduler.send(
        new scheduler.CreateScheduleCommand({
          Name: 'recorded',
          ScheduleExpression: expression,
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: w.queue.replace(/^.*$/, 'arn:aws:sqs:us-east-1:000000000000:recorded'), RoleArn: w.role },
        }),
      );
  const policy = /FilterPolicy: .* at \[Source: \(String\)"(\{.*\})"; line/.exec(message)?.[1];
  if (service === 'sns' && policy !== undefined) return (w) => subscribe(w, { FilterPolicy: policy });
  return undefined;
}
