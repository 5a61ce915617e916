import type { AlarmStateChange, PipelineExecutionStatusChange, ProcessingJobStateChange } from '../../contracts/events';
import type { LiveManifest } from '../../contracts/live-manifest';
import { prefixes } from '../../contracts/names';
import type { News } from '../shared/news';
import type { FiringFeature } from './firing';

type Text = Pick<News, 'kind' | 'subject' | 'lines'>;

export interface DriftNews {
  readonly useCase: string;
  readonly title: string;
  readonly endpointName: string;
  readonly artifactBucket: string;
  readonly event: AlarmStateChange;
  readonly firing: readonly FiringFeature[];
  readonly live?: LiveManifest;
}

/** What drifted, by how much, since when, on which version, and where to look. */
export function driftText({ useCase, title, endpointName, artifactBucket, event, firing, live }: DriftNews): Text {
  const { alarmName, state } = event.detail;
  const names = firing.map((each) => each.name).join(', ');
  return {
    kind: 'drift',
    subject: firing.length === 0 ? `drift alarm ${alarmName}` : `drift in ${names}`,
    lines: [
      `The requests to ${endpointName} (${title}) differ from the data that the model learnt from.`,
      '',
      ...firing.map(featureLine),
      ...(firing.length === 0 ? [`Reason: ${state.reason ?? 'see the alarm'}`] : []),
      '',
      live === undefined ? 'Live version: unknown' : `Live version: ${live.version}, since ${live.deployed_at}`,
      `Alarm: ${alarmName}, since ${state.timestamp}`,
      `Reports: s3://${artifactBucket}/${prefixes.monitoring(useCase)}/data/`,
      'What it means and what to do: docs/operating.md#drift',
      'Whether a retraining starts is told in a message of its own.',
    ],
  };
}

function featureLine({ name, value, threshold, direction, since }: FiringFeature): string {
  const measured = value === undefined ? 'past its bound' : `is ${Number(value.toPrecision(4))}`;
  const [what, allowed] = direction === 'below' ? ['p-value', 'at least'] : ['drift', 'at most'];
  return `- ${name}: ${what} ${measured}, allowed ${allowed} ${threshold}${since === undefined ? '' : `, since ${since}`}`;
}

/** An alarm about the watching itself. */
export function alarmText(event: AlarmStateChange): Text {
  const { alarmName, state } = event.detail;
  return {
    kind: 'monitoring',
    subject: `${alarmName} is ${state.value}`,
    lines: [
      `The alarm ${alarmName} went to ${state.value} at ${state.timestamp}.`,
      `Reason: ${state.reason ?? 'none given'}`,
      'The description of the alarm links to what to do.',
    ],
  };
}

export function monitorFailedText(event: ProcessingJobStateChange): Text {
  const {
    ProcessingJobName: name,
    ProcessingJobStatus: status,
    FailureReason: reason,
    ExitMessage: message,
  } = event.detail;
  return {
    kind: 'monitoring',
    subject: `monitor run ${status.toLowerCase()}`,
    lines: [
      `The monitor run ${name} is ${status}; nothing was judged in its window.`,
      `Reason: ${reason ?? message ?? 'SageMaker gave none'}`,
      'What to do: docs/operating.md#monitor-failed',
    ],
  };
}

export function pipelineFailedText(event: PipelineExecutionStatusChange, reason: string | undefined): Text {
  const { pipelineExecutionArn: arn, currentPipelineExecutionStatus: status } = event.detail;
  return {
    kind: 'retraining',
    subject: `pipeline execution ${status.toLowerCase()}`,
    lines: [
      `The pipeline execution ${arn.split('/').at(-1) ?? arn} ended ${status}; no version was registered.`,
      `Reason: ${reason ?? 'SageMaker gave none'}`,
      `Pipeline execution: ${arn}`,
      'What to do: docs/operating.md#pipeline-failed',
    ],
  };
}
