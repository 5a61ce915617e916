import { UserError } from '@mooring/use-case/errors';
import { resourceNames } from '../../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { firingFeatures, readAlarms, type AlarmState } from '../../watch/alarms';
import { deploy, synth } from '../../account/cdk';
import { findUseCase } from '../../shared/command';
import { readDecisions, type Decision } from '../../watch/decisions';
import { stacksOf } from '../../account/deployment';
import { invoke, type EndpointState } from '../../shared/endpoint';
import { type LearntRows, readEvaluation, readLearntRows } from '../../shared/evaluation';
import { followExecution } from '../../shared/execution';
import { deliverLabels, knownLabels } from '../../data/labels';
import { listStacks } from '../../shared/foundation';
import { executionOf } from '../execution-of-version';
import { readInbox, type Notification } from '../../watch/inbox';
import { startRun } from '../pipeline-run';
import type { Project } from '../../shared/project';
import { approvePackage, choosePackage, listPackages } from '../../shared/registry';
import { waitForDeployment } from '../rollout';
import { openSession, type Session } from '../../shared/session';
import { requestRow, sendTraffic, trafficRows } from '../../data/traffic';
import type { RunRecord } from '../../watch/report/run-record';
import { freshState } from './state';

/** Progress of a stage while it runs. */
export type Tell = (text: string) => void;

/** What the stages hand on to each other. */
export interface TourState {
  readonly project: Project;
  readonly useCase: UseCase;
  session?: Session;
  packages: RunRecord['model_packages'];
  endpoint?: EndpointState;
  alarms: readonly AlarmState[];
  ordinaryAlarms: readonly string[];
  notifications: readonly Notification[];
  decision?: Decision;
  /** What version 2 learnt from. */
  learntRows?: LearntRows;
  predictions: RunRecord['predictions'];
}

interface Stage {
  readonly name: string;
  /** Does the stage's work. @returns what happened, in a line. @throws UserError when the loop is not as it should be. */
  readonly run: (state: TourState, tell: Tell) => Promise<string>;
}

const ordinaryRows = 500;
const driftedRows = 100;

function sessionOf(state: TourState): Session {
  if (state.session === undefined) throw new Error('the account is up before anything talks to it');
  return state.session;
}

/** Fails the stage with a sentence when something is not as it should be. */
function expect(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new UserError(otherwise);
}

async function train(state: TourState, tell: Tell): Promise<string> {
  const session = sessionOf(state);
  tell('generating 30,000 applications and uploading them');
  const arn = await startRun(state.project, session, state.useCase, undefined, []);
  const result = await followExecution(session.clients, arn, (now) =>
    tell(
      now.steps
        .map(
          (each) => `${each.name} ${each.status}${each.seconds === undefined ? '' : ` ${each.seconds.toFixed(1)} s`}`,
        )
        .join('\n'),
    ),
  );
  expect(
    result.status === 'Succeeded',
    `the pipeline ended ${result.status}: ${result.steps.find((each) => each.status === 'Failed')?.reason ?? result.reason ?? ''}`,
  );
  return result.steps.map((each) => `${each.name} ${each.seconds?.toFixed(1) ?? '-'}`).join(', ');
}

async function readPackages(state: TourState): Promise<void> {
  const session = sessionOf(state);
  const listed = [...(await listPackages(session.clients, state.useCase.name))].reverse();
  state.packages = await Promise.all(
    listed.map(async ({ arn, version, approval }) => {
      const execution = await executionOf(session.clients, arn);
      const evaluation =
        execution === undefined ? undefined : await readEvaluation(session, state.useCase.name, execution);
      return { version, arn, approval, metrics: evaluation?.metrics ?? [] };
    }),
  );
}

async function ship(state: TourState, version: number, tell: Tell): Promise<string> {
  const session = sessionOf(state);
  const approved = await choosePackage(session.clients, state.useCase.name, version);
  await approvePackage(session.clients, approved, 'approved on the tour');
  tell(`approved version ${version}; the registry's event started the deploy function`);
  state.endpoint = await waitForDeployment(session, state.useCase.name, approved.arn);
  expect(
    state.endpoint.packageArn === approved.arn && state.endpoint.status === 'InService',
    `the endpoint is ${state.endpoint.status} on version ${state.endpoint.version ?? 'none'}: ${state.endpoint.reason ?? ''}`,
  );
  return `${state.endpoint.name} InService on version ${version}`;
}

/** Sends rows and their labels, and lets an hour pass. */
async function traffic(state: TourState, rows: number, seed: number, drift: boolean, tell: Tell): Promise<string> {
  const session = sessionOf(state);
  const options = { rows, seed, drift, concurrency: 8 };
  const result = await sendTraffic(
    session.clients,
    state.useCase,
    await trafficRows(state.project, session.clients, state.useCase, options),
    options,
    (sent) => sent % 50 === 0 && tell(`${sent} of ${rows} requests`),
  );
  expect(result.failed === 0, `${result.failed} of ${rows} requests failed: ${result.errors.join('; ')}`);
  const labels = knownLabels(result.answers);
  const { now } = (await session.control('GET', '/_local/clock')) as { readonly now: string };
  const { accepted, rejected } = await deliverLabels(session.clients, state.useCase.name, labels, now);
  expect(rejected.length === 0, `${rejected.length} labels were rejected: ${rejected[0]?.problem ?? ''}`);
  tell('an hour passes: schedules, join of labels, monitor, metrics, alarms');
  await session.control('POST', '/_local/clock', { duration: '1h' });
  return `${rows} requests, ${accepted} labels, one hour passed`;
}

async function ordinaryHour(state: TourState, tell: Tell): Promise<string> {
  const happened = await traffic(state, ordinaryRows, 1, false, tell);
  const alarms = await readAlarms(sessionOf(state).clients, state.useCase.name);
  const watched = state.useCase.monitoring.features.map((each) =>
    resourceNames.featureAlarm(state.useCase.name, each.name),
  );
  state.ordinaryAlarms = alarms.filter((each) => each.state === 'ALARM').map((each) => each.name);
  expect(state.ordinaryAlarms.length === 0, `ordinary traffic triggered ${state.ordinaryAlarms.join(', ')}`);
  const blind = alarms.filter((each) => watched.includes(each.name) && each.state !== 'OK').map((each) => each.name);
  expect(blind.length === 0, `${blind.join(', ')} saw no data in the ordinary hour`);
  return `${happened}, no alarm`;
}

async function driftedHour(state: TourState, tell: Tell): Promise<string> {
  const happened = await traffic(state, driftedRows, 2, true, tell);
  return `${happened}; FLAG_OWN_CAR always Y, AMT_ANNUITY plus 120,000`;
}

async function alarmsRing(state: TourState): Promise<string> {
  state.alarms = await readAlarms(sessionOf(state).clients, state.useCase.name);
  const expected = state.useCase.monitoring.features.map((each) => each.name);
  const firing = firingFeatures(state.useCase, state.alarms);
  expect(
    expected.length > 0 && expected.every((name) => firing.includes(name)),
    `expected alarms for ${expected.join(', ')}, firing are: ${firing.join(', ') || 'none'}`,
  );
  const composite = resourceNames.compositeAlarm(state.useCase.name);
  const others = state.alarms.filter(
    (each) =>
      each.state === 'ALARM' &&
      each.name !== composite &&
      !expected.some((name) => each.name === resourceNames.featureAlarm(state.useCase.name, name)),
  );
  expect(others.length === 0, `these alarms fired, too: ${others.map((each) => each.name).join(', ')}`);
  expect(
    state.alarms.some((each) => each.name === composite && each.state === 'ALARM'),
    `the composite alarm ${composite} did not fire`,
  );
  const value = (name: string): string =>
    state.alarms
      .find((each) => each.name === resourceNames.featureAlarm(state.useCase.name, name))
      ?.value?.toFixed(3) ?? '-';
  return `${firing.map((name) => `${name} ${value(name)}`).join(', ')}; composite ${composite} in ALARM`;
}

async function notified(state: TourState): Promise<string> {
  state.notifications = await readInbox(sessionOf(state));
  const drift = state.notifications.find((each) => /drift/i.test(`${each.subject} ${each.body}`));
  expect(drift !== undefined, `no notification about drift in the inbox (${state.notifications.length} messages)`);
  return `"${drift.subject}" to ${drift.to}`;
}

async function decided(state: TourState): Promise<string> {
  const decisions = await readDecisions(sessionOf(state).clients, state.useCase.name);
  state.decision = decisions.find((each) => each.executionArn !== undefined);
  expect(
    state.decision !== undefined,
    `no decision started a retraining: ${decisions.map((each) => `${each.outcome}: ${each.reason}`).join('; ') || 'none was made'}`,
  );
  return `${state.decision.outcome}: ${state.decision.reason}`;
}

async function retrained(state: TourState, tell: Tell): Promise<string> {
  const session = sessionOf(state);
  const arn = state.decision?.executionArn ?? '';
  const result = await followExecution(session.clients, arn, (now) =>
    tell(now.steps.map((each) => `${each.name} ${each.status}`).join(', ')),
  );
  expect(result.status === 'Succeeded', `the retraining ended ${result.status}: ${result.reason ?? ''}`);
  await readPackages(state);
  const newest = state.packages.at(-1);
  expect(newest?.version === 2, `expected version 2 in the registry, the newest is ${newest?.version ?? 'none'}`);
  const rows = await readLearntRows(session, state.useCase.name, arn);
  expect(
    rows !== undefined && rows.labelled > 0,
    `version 2 learnt from ${rows?.raw ?? 'no'} base rows and no row of production`,
  );
  state.learntRows = rows;
  return `version 2 registered, learnt from ${rows.raw} base rows and ${rows.labelled} of production with their labels, auc ${newest.metrics.find((each) => each.name === 'auc')?.value.toFixed(3) ?? '-'}`;
}

async function predict(state: TourState): Promise<string> {
  const session = sessionOf(state);
  const rows = await trafficRows(state.project, session.clients, state.useCase, {
    rows: 2,
    seed: 3,
    drift: false,
    concurrency: 1,
  });
  const answers = await Promise.all(
    rows.map((row) =>
      invoke(session.clients, resourceNames.endpoint(state.useCase.name), requestRow(state.useCase, row)),
    ),
  );
  expect(
    new Set(answers).size === answers.length,
    `two different applications got the same answer: ${answers.join(' and ')}`,
  );
  const version = state.endpoint?.version ?? 0;
  state.predictions = answers.map((answer) => ({ version, answer }));
  await readPackages(state);
  return `version ${version} answers ${answers.join(' and ')} (label, score)`;
}

/** The stages in their order. The retraining itself happens while the drifted hour passes; the stages after it look at what came of it. */
export const tourStages = {
  begin(project: Project): TourState {
    const useCase = findUseCase(project, 'credit-risk');
    freshState(project);
    return { project, useCase, packages: [], alarms: [], ordinaryAlarms: [], notifications: [], predictions: [] };
  },
  stages: [
    {
      name: 'synth',
      run: async ({ project, useCase }, tell) => {
        await synth(project, [useCase.name], tell);
        return `one assembly for AWS and the laptop`;
      },
    },
    {
      name: 'account up',
      run: async (state) => {
        state.session = await openSession(state.project);
        return `local account on ${state.session.endpoint}`;
      },
    },
    {
      name: 'cdk deploy',
      run: async (state, tell) => {
        await deploy(state.project, sessionOf(state), stacksOf([state.useCase.name], state.project.assembly), tell);
        return `${(await listStacks(sessionOf(state).clients)).length} stacks deployed`;
      },
    },
    { name: 'pipeline', run: train },
    {
      name: 'register v1',
      run: async (state) => {
        await readPackages(state);
        const [first] = state.packages;
        expect(first?.version === 1, 'no model version was registered');
        return `version 1 registered (${first.approval}), auc ${first.metrics.find((each) => each.name === 'auc')?.value.toFixed(3) ?? '-'}`;
      },
    },
    { name: 'approve and ship v1', run: (state, tell) => ship(state, 1, tell) },
    { name: 'an ordinary hour', run: ordinaryHour },
    { name: 'a drifted hour', run: driftedHour },
    { name: 'alarms', run: alarmsRing },
    { name: 'notification', run: notified },
    { name: 'retrain decision', run: decided },
    { name: 'retrain to v2', run: retrained },
    { name: 'approve and ship v2', run: (state, tell) => ship(state, 2, tell) },
    { name: 'predict', run: predict },
  ] satisfies readonly Stage[],
};
