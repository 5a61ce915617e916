import colors from 'picocolors';
import type { Deployment } from './deployments';
import { status, table } from '../shared/output';
import type { AccountStatus, UseCaseStatus } from './status';

const time = (date: Date | string | undefined): string =>
  date === undefined ? '-' : new Date(date).toISOString().slice(0, 19).replace('T', ' ');
const section = (title: string, body: string): string =>
  `${colors.bold(title)}\n${body
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')}`;
const short = (text: string | undefined, length = 90): string =>
  text === undefined ? '' : text.length > length ? `${text.slice(0, length - 1)}…` : text;

/** Without what the columns beside it say already, and in one line. */
function why({ reason, restoresFrom }: Deployment): string {
  if (restoresFrom !== undefined && reason === undefined) return `rollback of version ${restoresFrom}`;
  return short(reason?.replace(/^Endpoint configuration '[^']+' was rolled back: /, '').replace(/\s+/g, ' '), 140);
}

function useCaseText(useCase: UseCaseStatus): string {
  const parts: string[] = [];
  if (useCase.endpoints.length > 0)
    parts.push(
      table(
        ['endpoint', 'status', 'version', 'note'],
        useCase.endpoints.map((each) => [each.name, status(each.status), each.version, short(each.reason)]),
      ),
    );
  if (useCase.packages.length > 0)
    parts.push(
      table(
        ['version', 'approval', 'life cycle', 'registered'],
        useCase.packages.map((each) => [each.version, status(each.approval), each.lifeCycle, time(each.created)]),
      ),
    );
  if (useCase.deployments.length > 0)
    parts.push(
      table(
        ['deployment', 'stage', 'version', 'outcome', 'why'],
        useCase.deployments.map((each) => [time(each.time), each.stage, each.version, status(each.state), why(each)]),
      ),
    );
  if (useCase.executions.length > 0)
    parts.push(
      table(
        ['execution', 'status', 'started', 'reason'],
        useCase.executions.map((each) => [
          each.arn.split('/').at(-1),
          status(each.status),
          time(each.started),
          short(each.reason),
        ]),
      ),
    );
  if (useCase.alarms.length > 0)
    parts.push(
      table(
        ['alarm', 'state', 'value', 'threshold', 'since'],
        useCase.alarms.map((each) => [
          each.name,
          status(each.state),
          each.value?.toFixed(3),
          each.threshold,
          time(each.since),
        ]),
      ),
    );
  if (useCase.decisions.length > 0)
    parts.push(
      table(
        ['decided', 'trigger', 'decision', 'why'],
        useCase.decisions.slice(-5).map((each) => [time(each.time), each.trigger, each.outcome, short(each.reason)]),
      ),
    );
  return section(useCase.name, parts.join('\n\n') || 'deployed; nothing has run yet');
}

/** `mooring status` as text. */
export function renderStatus(state: AccountStatus): string {
  const parts = [`local account ${state.endpoint}, virtual time ${time(state.now)}`];
  parts.push(
    section(
      'stacks',
      state.stacks.length === 0
        ? 'none; deploy with `npx mooring deploy`'
        : table(
            ['stack', 'status'],
            state.stacks.map((each) => [each.name, each.status]),
          ),
    ),
  );
  parts.push(...state.useCases.map(useCaseText));
  if (state.inbox.length > 0)
    parts.push(
      section(
        'inbox',
        table(
          ['time', 'subject'],
          state.inbox.slice(-8).map((each) => [time(each.time), short(each.subject, 100)]),
        ),
      ),
    );
  return parts.join('\n\n');
}
