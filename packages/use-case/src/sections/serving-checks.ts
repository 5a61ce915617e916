/** What SageMaker refuses, or silently does otherwise, about the ways a stage may serve; found at synth. */

interface Looked {
  readonly task?: unknown;
  readonly labels?: unknown;
  readonly api?: unknown;
  readonly stages?: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
}

type Complain = (path: (string | number)[], message: string) => void;
type Section = Readonly<Record<string, unknown>>;

const metricsOf: Readonly<Record<string, readonly string[]>> = {
  binary: ['accuracy', 'auc', 'brier'],
  multiclass: ['accuracy'],
  regression: ['mae', 'mse'],
  forecast: ['mae', 'mse'],
};

/** Checks `serverless`, `async` and `trial` of every stage against what they cannot be combined with. */
export function checkServing(useCase: Looked, complain: Complain): void {
  for (const [name, stage] of Object.entries(useCase.stages ?? {})) {
    if (stage === undefined) continue;
    const at = (key: string): string[] => ['stages', name, key];
    if (isSection(stage.serverless)) checkServerless(stage, useCase, at, complain);
    if (isSection(stage.async)) checkAsync(name, stage, useCase, at, complain);
    if (isSection(stage.trial)) checkTrial(name, stage, stage.trial, useCase, at, complain);
  }
}

type At = (key: string) => string[];

function checkServerless(stage: Section, { api }: Looked, at: At, complain: Complain): void {
  const shift = isSection(stage.shift) ? stage.shift.type : undefined;
  if (shift === 'canary' || shift === 'linear' || shift === 'rolling')
    complain(at('shift'), `a serverless endpoint changes all at once, ${shift} is not possible; leave shift out`);
  if (stage.autoscaling !== undefined)
    complain(at('autoscaling'), 'a serverless endpoint scales itself up to serverless.max_concurrency; leave this out');
  if (typeof stage.count === 'number' && stage.count > 1)
    complain(at('count'), 'a serverless endpoint has no instances; leave count out');
  if (stage.trial !== undefined)
    complain(at('trial'), 'a serverless endpoint has one variant; a trial needs instances for both');
  const captured = stage.capture === undefined || (typeof stage.capture === 'number' && stage.capture > 0);
  if (captured && api === undefined)
    complain(
      at('capture'),
      'a serverless endpoint captures nothing; add a front door (api: {}), which then captures requests, or set capture: 0 and do without monitoring',
    );
}

function checkAsync(name: string, stage: Section, { api }: Looked, at: At, complain: Complain): void {
  if (stage.serverless !== undefined)
    complain(at('async'), 'an asynchronous endpoint needs instances; leave out either async or serverless');
  if (stage.trial !== undefined)
    complain(at('trial'), 'variants of an asynchronous endpoint cannot be compared on live traffic; leave trial out');
  if (stage.autoscaling !== undefined)
    complain(
      at('autoscaling'),
      'an asynchronous endpoint would scale by its backlog, to zero as well, which is not supported; leave autoscaling out and set count',
    );
  if (stage.tests !== undefined)
    complain(
      at('tests'),
      'the tests wait for answers, which an asynchronous endpoint does not give; leave tests out, the smoke test of each deployment remains',
    );
  if (stage.capture !== 0)
    complain(
      at('capture'),
      'data capture is documented for real-time endpoints only; set capture: 0 and do without monitoring of this stage',
    );
  if (name === 'production' && api !== undefined)
    complain(
      ['api'],
      'the front door waits for answers, which an asynchronous endpoint does not give; leave out either api or stages.production.async',
    );
}

function checkTrial(name: string, stage: Section, trial: Section, useCase: Looked, at: At, complain: Complain): void {
  const { task, labels } = useCase;
  if (name !== 'production') complain(at('trial'), 'only production has live traffic; move it to stages.production');
  if (isSection(stage.shift) && stage.shift.type === 'rolling')
    complain(at('shift'), 'a rolling update is not possible with two variants; choose canary, linear or all-at-once');
  if (typeof stage.capture === 'number' && stage.capture < 100)
    complain(at('capture'), 'a trial compares captured answers; set capture: 100');
  if (trial.type === 'ab' && labels === undefined)
    complain(at('trial'), 'an A/B test is decided by labels; add a section labels: {}');
  if (trial.type === 'shadow' && trial.metric !== undefined && labels === undefined)
    complain([...at('trial'), 'metric'], 'needs labels; add a section labels: {}, or leave the metric out');
  const suitable = typeof task === 'string' && Object.hasOwn(metricsOf, task) ? metricsOf[task] : undefined;
  if (suitable !== undefined && typeof trial.metric === 'string' && !suitable.includes(trial.metric))
    complain(
      [...at('trial'), 'metric'],
      `'${trial.metric}' does not suit a ${String(task)} task; allowed: ${suitable.join(', ')}`,
    );
}

function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
