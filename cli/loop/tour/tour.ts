import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Listr, type ListrTask } from 'listr2';
import { describeError } from '../../shared/errors';
import { note, print, seconds, table } from '../../shared/output';
import type { Project } from '../../shared/project';
import { collectReport } from '../../watch/report/collect';
import { writeReport } from '../../watch/report/write';
import type { Session } from '../../shared/session';
import type { RunRecord, StageRecord } from '../../watch/report/run-record';
import { tourStages, type TourState } from './stages';

function recordOf(
  state: TourState,
  stages: readonly StageRecord[],
  started: Date,
  total: number,
  installSeconds: number,
): RunRecord {
  return {
    schema_version: 1,
    use_case: state.useCase.name,
    started: started.toISOString(),
    status: stages.every((each) => each.status === 'ok') ? 'ok' : 'failed',
    seconds: total / 1000,
    install_seconds: installSeconds,
    stages,
    model_packages: state.packages,
    endpoint: state.endpoint,
    alarms: state.alarms,
    alarms_after_ordinary_hour: state.ordinaryAlarms,
    notifications: state.notifications,
    retrain_decision: state.decision,
    learnt_rows: state.learntRows,
    predictions: state.predictions,
  };
}

/** Runs the tour with progress and a closing table; leaves run.json and the report. Stops at the first stage that fails. */
export async function runTour(project: Project, installSeconds: number): Promise<RunRecord> {
  const started = new Date();
  const begun = performance.now();
  const state = tourStages.begin(project);
  const done: StageRecord[] = [
    {
      name: 'install',
      status: 'ok',
      seconds: installSeconds,
      detail: installSeconds < 1 ? 'everything was in place' : 'node modules and Python environment',
    },
  ];
  let failure: unknown;
  const tasks: ListrTask[] = tourStages.stages.map(({ name, run }) => ({
    title: name,
    enabled: () => failure === undefined,
    task: async (_, task): Promise<void> => {
      const from = performance.now();
      try {
        const detail = await run(state, (text) => (task.output = text));
        done.push({ name, status: 'ok', seconds: (performance.now() - from) / 1000, detail });
        task.title = `${name}  ${seconds(performance.now() - from)}  ${detail}`;
      } catch (error) {
        failure = error;
        done.push({
          name,
          status: 'failed',
          seconds: (performance.now() - from) / 1000,
          detail: describeError(error).text,
        });
        throw error;
      }
    },
  }));
  try {
    await new Listr(tasks, {
      fallbackRenderer: 'simple',
      exitOnError: true,
      rendererOptions: { collapseErrors: false },
    })
      .run()
      .catch(() => undefined);
    const record = recordOf(state, done, started, performance.now() - begun, installSeconds);
    mkdirSync(project.work, { recursive: true });
    writeFileSync(join(project.work, 'run.json'), `${JSON.stringify(record, undefined, 2)}\n`);
    print(
      `\n${table(
        ['stage', 'outcome', 'seconds', 'what happened'],
        done.map((each) => [
          each.name,
          each.status,
          each.seconds.toFixed(1),
          (each.detail ?? '').split('\n')[0]?.slice(0, 100),
        ]),
      )}`,
    );
    print(
      `\n${record.status === 'ok' ? 'the loop closed' : 'the tour stopped'} after ${record.seconds.toFixed(1)} s (installation apart)`,
    );
    if (failure !== undefined) note(describeError(failure).text);
    await leaveReport(project, state.session, state, record);
    return record;
  } finally {
    await state.session?.close();
  }
}

async function leaveReport(
  project: Project,
  session: Session | undefined,
  state: TourState,
  record: RunRecord,
): Promise<void> {
  if (session === undefined || record.status !== 'ok') return;
  const file = await writeReport(join(project.work, 'report'), await collectReport(session, state.useCase), record);
  print(
    `report: ${file}\nrecord: ${join(project.work, 'run.json')}\nlook around: npx mooring${basename(project.state) === 'account' ? '' : ` --state ${project.state}`} status`,
  );
}
