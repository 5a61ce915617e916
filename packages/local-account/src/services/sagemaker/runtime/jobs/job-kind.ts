/** The kinds of jobs; what differs between them in the API is naming. */
export interface JobKind {
  readonly id: 'processing' | 'training' | 'transform' | 'tuning';
  /** Stem of the API's names: CreateProcessingJob, ProcessingJobName, ProcessingJobStatus. */
  readonly stem: string;
  /** Resource part of the ARN. */
  readonly resource: string;
  /** Words of the event's detail-type. */
  readonly words: string;
  readonly startTime: string;
  readonly endTime: string;
  /** Longest name. */
  readonly nameLength: number;
}

export const jobKinds: Readonly<Record<JobKind['id'], JobKind>> = {
  processing: {
    id: 'processing',
    stem: 'ProcessingJob',
    resource: 'processing-job',
    words: 'Processing Job',
    startTime: 'ProcessingStartTime',
    endTime: 'ProcessingEndTime',
    nameLength: 63,
  },
  training: {
    id: 'training',
    stem: 'TrainingJob',
    resource: 'training-job',
    words: 'Training Job',
    startTime: 'TrainingStartTime',
    endTime: 'TrainingEndTime',
    nameLength: 63,
  },
  transform: {
    id: 'transform',
    stem: 'TransformJob',
    resource: 'transform-job',
    words: 'Transform Job',
    startTime: 'TransformStartTime',
    endTime: 'TransformEndTime',
    nameLength: 63,
  },
  tuning: {
    id: 'tuning',
    stem: 'HyperParameterTuningJob',
    resource: 'hyper-parameter-tuning-job',
    words: 'HyperParameter Tuning Job',
    startTime: 'CreationTime',
    endTime: 'HyperParameterTuningEndTime',
    nameLength: 32,
  },
};
