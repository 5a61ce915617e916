import type { AccountParts } from '../../../../core/module';
import type { RunObserver } from './execution-run';
import type { StateEvents } from '../state-events';

declare module '../../../../core/trace' {
  interface TraceEvents {
    'pipeline.execution': {
      readonly pipeline: string;
      readonly execution: string;
      readonly status: string;
      readonly failureReason?: string;
    };
    'pipeline.step': {
      readonly pipeline: string;
      readonly execution: string;
      readonly step: string;
      readonly stepType: string;
      readonly status: string;
      readonly cached: boolean;
      readonly failureReason?: string;
    };
  }
}

/** Tells the event bus and the trace what happens to executions and their steps. */
export function executionEvents(account: AccountParts, events: StateEvents): Omit<RunObserver, 'finished'> {
  return {
    executionChanged: (record, previous) => {
      account.trace.emit('pipeline.execution', {
        pipeline: record.pipelineName,
        execution: record.arn,
        status: record.status,
        ...(record.failureReason === undefined ? {} : { failureReason: record.failureReason }),
      });
      events.execution(record.pipelineArn, record.arn, previous, record.status, record);
    },
    stepChanged: (record, step, previous) => {
      const reason = step.failureReason === undefined ? {} : { failureReason: step.failureReason };
      account.trace.emit('pipeline.step', {
        pipeline: record.pipelineName,
        execution: record.arn,
        step: step.name,
        stepType: step.type,
        status: step.status,
        cached: step.cachedFrom !== undefined,
        ...reason,
      });
      events.step(record.pipelineArn, record.arn, {
        stepName: step.name,
        stepType: step.type,
        stepDescription: step.description ?? '',
        ...(previous === undefined ? {} : { previousStepStatus: previous }),
        currentStepStatus: step.status,
        stepStartTime: step.startTime,
        ...(step.endTime === undefined ? {} : { stepEndTime: step.endTime }),
        ...reason,
        cacheHitResult: { sourcePipelineExecutionArn: step.cachedFrom ?? '' },
        metadata: lowerFirstKeys(step.metadata),
      });
    },
  };
}

/** The event spells metadata in lower camel case: {processingJob: {arn}}. */
function lowerFirstKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerFirstKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key.charAt(0).toLowerCase() + key.slice(1), lowerFirstKeys(each)]),
  );
}
