import { createHash } from 'node:crypto';
import {
  CreateProcessingJobCommand,
  type CreateProcessingJobCommandInput,
  DescribeProcessingJobCommand,
  ListProcessingJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { durationSeconds } from '@mooring/use-case/duration';
import { UserError } from '@mooring/use-case/errors';
import { type MonitorKind, monitorKinds, resourceNames } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { localRegion } from '../shared/clients';
import type { Session } from '../shared/session';

/** Which windows of the past are to be judged (again). */
export interface BackfillRequest {
  readonly kind: string;
  /** ISO times; windows end one cadence after `from`, two, and so on, until `to`. */
  readonly from: string;
  readonly to: string;
}

/** A window that was judged. */
export interface BackfilledWindow {
  readonly end: string;
  readonly job: string;
  readonly status: string;
  readonly message?: string;
}

const mostWindows = 200;
/** Milliseconds between looks at a job that runs. */
const pause = 200;

/** Ends of the windows in a range, oldest first. @throws UserError naming all that is wrong with the request. */
export function windowEnds(useCase: UseCase, { kind, from, to }: BackfillRequest, now: Date): readonly string[] {
  const problems: string[] = [];
  const [begin, end] = [Date.parse(from), Date.parse(to)];
  const every = cadenceOf(useCase, kind);
  if (useCase.monitoring.engine === 'model-monitor')
    problems.push(`${useCase.name} is watched by engine model-monitor, which judges no past windows`);
  if (every === undefined)
    problems.push(
      `--kind ${kind}: ${useCase.name} has no such monitor; it has: ${monitorKinds.filter((each) => cadenceOf(useCase, each) !== undefined).join(', ')}`,
    );
  for (const [option, value, time] of [
    ['--from', from, begin],
    ['--to', to, end],
  ] as const)
    if (Number.isNaN(time)) problems.push(`${option} ${value}: no ISO time such as 2026-03-01T00:00:00Z`);
  if (end > now.getTime())
    problems.push(`--to ${to}: windows that have not ended yet cannot be judged; it is ${now.toISOString()}`);
  const size = durationSeconds(every ?? '1h') * 1_000;
  const count = Math.floor((end - begin) / size);
  if (count < 1) problems.push(`--from ${from} --to ${to}: shorter than a cadence of ${every ?? '1h'}`);
  if (count > mostWindows)
    problems.push(`--from ${from} --to ${to}: ${count} windows; at most ${mostWindows} at a time`);
  if (problems.length > 0) throw new UserError(problems.join('\n'));
  return Array.from({ length: count }, (_, index) => isoSeconds(begin + (index + 1) * size));
}

/**
 * Judges windows of the past, one after the other, by the job that the schedule starts.
 *
 * Nothing is published: metrics count at the present time, and present alarms must not fire for the past. Findings and
 * report lie where the scheduled run of that time puts them. While any run of the monitor is under way it waits.
 */
export async function backfill(
  session: Session,
  useCase: UseCase,
  request: BackfillRequest,
  tell: (window: BackfilledWindow) => void = () => undefined,
): Promise<readonly BackfilledWindow[]> {
  const { now } = (await session.control('GET', '/_local/clock')) as { readonly now: string };
  const ends = windowEnds(useCase, request, new Date(now));
  const name = resourceNames.schedule(useCase.name, request.kind as MonitorKind);
  const template = await scheduledRequest(session, useCase.name, name);
  const windows: BackfilledWindow[] = [];
  for (const end of ends) {
    await untilFree(session, name);
    const job = backfillJob(template, name, end, `${now} ${Date.now()}`);
    await session.clients.sagemaker.send(new CreateProcessingJobCommand(job));
    const window = await ended(session, job.ProcessingJobName ?? '', end);
    windows.push(window);
    tell(window);
  }
  return windows;
}

/** The job of a schedule for a past window: a name of its own, and nothing published. */
export function backfillJob(
  template: string,
  name: string,
  end: string,
  salt: string,
): CreateProcessingJobCommandInput {
  const request = JSON.parse(
    template.replaceAll('<aws.scheduler.scheduled-time>', end),
  ) as CreateProcessingJobCommandInput;
  const id = createHash('sha256').update(`${end} ${salt}`).digest('hex').slice(0, 10);
  return {
    ...request,
    ProcessingJobName: `${name}-b${id}`,
    AppSpecification: {
      ...request.AppSpecification,
      ImageUri: request.AppSpecification?.ImageUri,
      ContainerArguments: [...(request.AppSpecification?.ContainerArguments ?? []), '--no-publish'],
    },
  };
}

function cadenceOf({ monitoring }: UseCase, kind: string): string | undefined {
  if (kind === 'data') return monitoring.every;
  return kind === 'quality' || kind === 'bias' || kind === 'explanations' ? monitoring[kind]?.every : undefined;
}

/** What the schedule starts, with its placeholders. */
async function scheduledRequest({ endpoint, keys }: Session, group: string, name: string): Promise<string> {
  const scheduler = new SchedulerClient({ endpoint, region: localRegion, credentials: keys, maxAttempts: 1 });
  try {
    const { Target } = await scheduler.send(new GetScheduleCommand({ Name: name, GroupName: group }));
    if (Target?.Input === undefined) throw new UserError(`the schedule ${name} starts no job`);
    return Target.Input;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    throw new UserError(`no schedule ${name}; deploy the use case first: npx mooring deploy ${group}`);
  } finally {
    scheduler.destroy();
  }
}

/** Waits until no run of the monitor is under way. */
async function untilFree({ clients }: Session, name: string): Promise<void> {
  for (;;) {
    const { ProcessingJobSummaries: running = [] } = await clients.sagemaker.send(
      new ListProcessingJobsCommand({ NameContains: name, StatusEquals: 'InProgress' }),
    );
    if (!running.some((each) => each.ProcessingJobName?.startsWith(`${name}-`) === true)) return;
    await wait();
  }
}

async function ended({ clients }: Session, job: string, end: string): Promise<BackfilledWindow> {
  for (;;) {
    const {
      ProcessingJobStatus: status = '',
      FailureReason,
      ExitMessage,
    } = await clients.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: job }));
    const message = FailureReason ?? ExitMessage;
    if (status !== 'InProgress' && status !== 'Stopping')
      return { end, job, status, ...(message === undefined ? {} : { message }) };
    await wait();
  }
}

const wait = (): Promise<void> => new Promise((done) => setTimeout(done, pause));
const isoSeconds = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
