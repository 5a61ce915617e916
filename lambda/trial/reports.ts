import type { TrialOutcome, TrialState } from '../../contracts/records/trial';

interface News {
  readonly subject: string;
  readonly lines: readonly string[];
}

const commands = { ab: 'ab', shadow: 'shadow' } as const;

export function runningNews(state: TrialState): News {
  const { type, share, champion, challenger } = state;
  const how =
    type === 'ab'
      ? `It answers ${share} % of the callers; version ${champion.version} answers the others.`
      : `It gets copies of ${share} % of the requests; version ${champion.version} answers all of them.`;
  return {
    subject: `version ${challenger.version} is on trial in ${state.stage}`,
    lines: [
      `Version ${challenger.version} of ${state.use_case} is on trial at ${state.endpoint} since ${state.started_at ?? ''}. ${how}`,
      '',
      `How it does: npx mooring ${commands[type]} ${state.use_case}`,
      `Model package: ${challenger.package_arn}`,
      `Endpoint configuration: ${state.endpoint_config}`,
    ],
  };
}

const words: Readonly<Record<TrialOutcome['kind'], string>> = {
  promoted: 'won its trial',
  stopped: 'lost its trial',
  replaced: 'is on trial no more',
  failed: 'could not be put on trial',
};

export function endedNews({ challenger, stage, champion }: TrialState, outcome: TrialOutcome): News {
  const next =
    outcome.kind === 'promoted'
      ? 'It is deployed now, as every approved version is.'
      : `Version ${champion.version} answers everybody, unless something else was deployed.`;
  return {
    subject: `version ${challenger.version} ${words[outcome.kind]} in ${stage}`,
    lines: [
      `The trial of version ${challenger.version} against version ${champion.version} ended: ${outcome.reason}`,
      ...(outcome.by === undefined ? [] : [`Decided by: ${outcome.by}`]),
      next,
      `Model package: ${challenger.package_arn}`,
    ],
  };
}
