import type { Body } from '../../../core/service';
import type { ExecutionRecord, StepRecord } from '../runtime/pipelines/execution-record';

/** DescribePipelineExecution's answer. */
export function describeExecution(record: ExecutionRecord): Body {
  return {
    PipelineArn: record.pipelineArn,
    PipelineExecutionArn: record.arn,
    PipelineExecutionDisplayName: record.displayName,
    PipelineExecutionStatus: record.status,
    ...(record.description === undefined ? {} : { PipelineExecutionDescription: record.description }),
    ...(record.experiment === undefined ? {} : { PipelineExperimentConfig: record.experiment }),
    ...(record.failureReason === undefined ? {} : { FailureReason: record.failureReason }),
    CreationTime: record.startTime,
    LastModifiedTime: record.modifiedTime,
    ...(record.maxParallel === undefined
      ? {}
      : { ParallelismConfiguration: { MaxParallelExecutionSteps: record.maxParallel } }),
    ...(record.selective === undefined
      ? {}
      : {
          SelectiveExecutionConfig: {
            ...(record.selective.source === undefined ? {} : { SourcePipelineExecutionArn: record.selective.source }),
            SelectedSteps: record.selective.steps.map((StepName) => ({ StepName })),
          },
        }),
    ...(record.versionId === undefined ? {} : { PipelineVersionId: record.versionId }),
  };
}

/** One entry of ListPipelineExecutionSteps. */
export function describeStep(step: StepRecord): Body {
  return {
    StepName: step.name,
    ...(step.displayName === undefined ? {} : { StepDisplayName: step.displayName }),
    ...(step.description === undefined ? {} : { StepDescription: step.description }),
    StartTime: step.startTime,
    ...(step.endTime === undefined ? {} : { EndTime: step.endTime }),
    StepStatus: step.status,
    ...(step.cachedFrom === undefined ? {} : { CacheHitResult: { SourcePipelineExecutionArn: step.cachedFrom } }),
    ...(step.failureReason === undefined ? {} : { FailureReason: step.failureReason }),
    Metadata: step.metadata,
    AttemptCount: step.attempts,
    ...(step.reusedFrom === undefined
      ? {}
      : { SelectiveExecutionResult: { SourcePipelineExecutionArn: step.reusedFrom } }),
  };
}
