import * as z from 'zod';
import type { Trigger } from '../../contracts/records/decision';
import {
  alarmStateChange,
  objectCreated,
  pipelineExecutionStatusChange,
  retrainingRequest,
} from '../../contracts/events';
import { shortHash } from '../shared/hash';

/** A reason to consider a retraining, whatever event brought it. */
export interface Request {
  readonly trigger: Trigger;
  /** ISO time of the event: "now" for every guard. */
  readonly time: string;
  /** Identifies what happened, not the delivery: the same for every repetition of an event. */
  readonly key: string;
  readonly event: { readonly id: string; readonly type: string };
  /** What happened, as the beginning of a sentence. */
  readonly because: string;
  /** When the alarm of this event began. */
  readonly alarmSince?: string;
}

const handled = z.discriminatedUnion('detail-type', [
  alarmStateChange,
  objectCreated,
  pipelineExecutionStatusChange,
  retrainingRequest,
]);

/** @throws ZodError when the event has none of the known shapes. */
export function requestOf(received: unknown): Request {
  const event = handled.parse(received);
  const common = { time: new Date(event.time).toISOString(), event: { id: event.id, type: event['detail-type'] } };
  switch (event['detail-type']) {
    case 'CloudWatch Alarm State Change': {
      const { alarmName, state } = event.detail;
      const key = shortHash(['alarm', alarmName, state.timestamp], 16);
      return { ...common, trigger: 'drift', key, because: `the alarm ${alarmName} fired`, alarmSince: state.timestamp };
    }
    case 'Object Created': {
      const { bucket, object } = event.detail;
      const key = shortHash(['object', bucket.name, object.key, object.sequencer ?? object.etag], 16);
      return { ...common, trigger: 'data', key, because: `new data arrived (${object.key})` };
    }
    case 'SageMaker Model Building Pipeline Execution Status Change': {
      const { pipelineExecutionArn, currentPipelineExecutionStatus: status } = event.detail;
      const key = shortHash(['execution', pipelineExecutionArn, status], 16);
      const name = pipelineExecutionArn.split('/').at(-1) ?? '';
      return { ...common, trigger: 'reconcile', key, because: `the execution ${name} ended (${status})` };
    }
    case 'Mooring Retraining Request': {
      const { trigger, requestedBy } = event.detail;
      const by = requestedBy === undefined ? '' : ` by ${requestedBy}`;
      const because = {
        schedule: 'it is due by schedule',
        reconcile: 'alarms were looked at again',
        manual: `it was asked for${by}`,
      };
      return { ...common, trigger, key: shortHash(['request', event.id], 16), because: because[trigger] };
    }
  }
}
