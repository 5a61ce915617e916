import type { MonitorKind } from '../../contracts/names';
import type { AlarmStateChange, PipelineExecutionStatusChange, ProcessingJobStateChange } from '../../contracts/events';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import type { News } from '../shared/news';
import type { Firing } from './firing';
import type { JudgedWindow } from './window';

type Text = Pick<News, 'kind' | 'subject' | 'lines'>;

export interface DriftNews {
  readonly title: string;
  readonly endpointName: string;
  readonly event: AlarmStateChange;
  readonly firing: readonly Firing[];
  /** What was judged last by the monitors that found something. */
  readonly windows: readonly JudgedWindow[];
  readonly live?: LiveManifest;
}

/** What drifted, by how much, since when, on which version, from how many rows, and where to look. */
export function driftText({ title, endpointName, event, firing, windows, live }: DriftNews): Text {
  const { alarmName, state } = event.detail;
  const features = firing.filter((each) => each.kind === 'data');
  const others = firing.filter((each) => each.kind !== 'data');
  return {
    kind: 'drift',
    subject: driftSubject(alarmName, features, others),
    lines: [
      ...(features.length > 0 || firing.length === 0
        ? [`The requests to ${endpointName} (${title}) differ from the data that the model learnt from.`]
        : []),
      ...(others.length > 0 ? [`What ${endpointName} (${title}) answers is out of the bounds of the use case.`] : []),
      '',
      ...[...features, ...others].map(firingLine),
      ...(firing.length === 0 ? [`Reason: ${state.reason ?? 'see the alarm'}`] : []),
      '',
      ...windows.map(
        ({ kind, start, end, rows, report }) =>
          `Judged (${kind}): ${rows === undefined ? 'rows' : `${rows} rows`} from ${start} to ${end}; report: ${report}`,
      ),
      live === undefined ? 'Live version: unknown' : `Live version: ${live.version}, since ${live.deployed_at}`,
      `Alarm: ${alarmName}, since ${state.timestamp}`,
      `What it means and what to do: ${[...new Set(firing.map((each) => sectionOf(each)))].join(', ') || sections.data}`,
      'A separate message says whether a retraining starts.',
    ],
  };
}

const sections: Readonly<Record<MonitorKind, string>> = {
  data: 'docs/operating.md#drift',
  quality: 'docs/operating.md#model-quality',
  bias: 'docs/operating.md#bias',
  explanations: 'docs/operating.md#explanations',
};

function sectionOf({ kind, missing }: Firing): string {
  return missing === true ? 'docs/operating.md#missing-values' : sections[kind];
}

function measureOf({ kind, missing, direction }: Firing): string {
  if (kind !== 'data') return '';
  if (missing === true) return 'share of missing values beyond the training data';
  return direction === 'below' ? 'p-value' : 'drift';
}

function driftSubject(alarm: string, features: readonly Firing[], others: readonly Firing[]): string {
  const bounds = `${others.map((each) => each.name).join(', ')} out of bounds`;
  if (features.length === 0) return others.length === 0 ? `drift alarm ${alarm}` : bounds;
  const names = (missing: boolean): string =>
    features.flatMap((each) => ((each.missing === true) === missing ? [each.name] : [])).join(', ');
  const drift = [
    ['drift in', names(false)],
    ['missing values of', names(true)],
  ]
    .flatMap(([what = '', list = '']) => (list === '' ? [] : [`${what} ${list}`]))
    .join('; ');
  return others.length === 0 ? drift : `${drift}; ${bounds}`;
}

function firingLine(firing: Firing): string {
  const { name, value, threshold, direction, since } = firing;
  const measured = value === undefined ? 'past its bound' : `is ${Number(value.toPrecision(4))}`;
  const allowed = `allowed ${direction === 'below' ? 'at least' : 'at most'} ${threshold}`;
  return `- ${name}: ${`${measureOf(firing)} ${measured}`.trim()}, ${allowed}${since === undefined ? '' : `, since ${since}`}`;
}

/** An alarm about the watching itself, or about what carries the use case; its description says where to read on. */
export function alarmText(event: AlarmStateChange): Text {
  const { alarmName, state, configuration } = event.detail;
  return {
    kind: 'monitoring',
    subject: `${alarmName} is ${state.value}`,
    lines: [
      `The alarm ${alarmName} went to ${state.value} at ${state.timestamp}.`,
      `Reason: ${state.reason ?? 'none given'}`,
      configuration?.description ?? 'The description of the alarm links to what to do.',
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
      'Further failures are counted, but reported again only after a window without any.',
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
