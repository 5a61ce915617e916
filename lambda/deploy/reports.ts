import type { DeploymentOutcome } from '../../contracts/records/deployment-record';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { metadataKeys } from '../../contracts/names';
import type { Context } from './context';
import { links } from './links';
import type { Intent } from './intents';
import type { Plan } from './plan';
import type { Metrics } from './publish';
import type { SmokeTest } from './smoke-test';

/** News about how a deployment ended. */
export type Outcome = Pick<DeploymentOutcome, 'subject' | 'lines'>;

export interface Deployed {
  readonly context: Context;
  readonly intent: Intent;
  readonly live: LiveManifest;
  /** What served before. */
  readonly before: LiveManifest | undefined;
  readonly metrics: { readonly now: Metrics; readonly before: Metrics };
  readonly tested: SmokeTest;
  readonly captured: boolean | undefined;
}

export function deployed({ context, intent, live, before, metrics, tested, captured }: Deployed): Outcome {
  const replaced = before === undefined || before.version === live.version ? undefined : before;
  const again = intent.restores === undefined ? '' : ' again';
  const unwatched = captured === false ? ', but its requests are not captured' : '';
  return {
    subject: `version ${live.version} serves${again} in ${live.stage}${unwatched}`,
    lines: [
      `Version ${live.version} of ${live.use_case} serves${again} at ${live.endpoint} since ${live.deployed_at}. ${replacedText(intent, replaced)}`,
      '',
      `Smoke test: ${smokeText(tested)}`,
      `Data capture: ${captureText(context, captured)}`,
      ...metricLines(live, replaced, metrics),
      ...changeLines(live, replaced),
      '',
      live.previous === undefined
        ? 'There is no earlier version to go back to.'
        : `To go back to version ${live.previous.version}: npx mooring rollback ${live.use_case}${live.stage === 'production' ? '' : ` --stage ${live.stage}`}`,
      ...links(context, live.package_arn, live.endpoint_config),
    ],
  };
}

function replacedText({ restores }: Intent, replaced: LiveManifest | undefined): string {
  if (restores !== undefined)
    return `Rollback of version ${restores.from}, asked for by ${restores.by}${restores.reason === undefined ? '' : `: ${restores.reason}`}.`;
  return replaced === undefined ? 'It is the first version here.' : `It replaces version ${replaced.version}.`;
}

/** `auc  0.7612  (version 1: 0.7540, +0.0072)`; figures of the test set, by name. */
function metricLines(
  live: LiveManifest,
  replaced: LiveManifest | undefined,
  { now, before }: Deployed['metrics'],
): string[] {
  const names = Object.keys(now).sort();
  if (names.length === 0) return ['Metrics: the evaluation of this version was not recorded'];
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => {
    const value = now[name] ?? Number.NaN;
    const old = before[name];
    const difference =
      old === undefined || replaced === undefined ? '' : `  (version ${replaced.version}: ${change(old, value)})`;
    return `  ${name.padEnd(width)}  ${value.toFixed(4)}${difference}`;
  });
  return ['', `Metrics of version ${live.version} on its test set:`, ...lines];
}

function change(old: number, value: number): string {
  const by = Math.abs(value - old).toFixed(4);
  return Number(by) === 0 ? 'the same' : `${old.toFixed(4)}, ${value < old ? '-' : '+'}${by}`;
}

/** What it was made of, and how that differs from what served before. */
function changeLines(live: LiveManifest, replaced: LiveManifest | undefined): string[] {
  const { commit, tag, dataHash, configHash, trigger } = metadataKeys;
  const lines = [commit, tag, dataHash, configHash, trigger].flatMap((key) => {
    const [now, old] = [live.metadata[key], replaced?.metadata[key]];
    if ([now, old].every((each) => each === undefined || each === 'none')) return [];
    const note =
      replaced === undefined ? '' : now === old ? '  (unchanged)' : `  (version ${replaced.version}: ${old ?? 'none'})`;
    return [`  ${key}: ${now ?? 'none'}${note}`];
  });
  const artifact =
    live.artifact === undefined ? [] : [`  model data: ${live.artifact.uri} (ETag ${live.artifact.digest})`];
  return lines.length + artifact.length === 0 ? [] : ['', 'Made of:', ...lines, ...artifact];
}

export function rolledBack(
  context: Context,
  plan: Plan,
  {
    serving,
    live,
    reason,
  }: { readonly serving: string; readonly live: LiveManifest | undefined; readonly reason: string | undefined },
): Outcome {
  const { endpointName, stage } = context;
  const old = live?.endpoint_config === serving ? `version ${live.version} (${serving})` : serving;
  return {
    subject: `version ${plan.version} was rolled back in ${stage}`,
    lines: [
      `Version ${plan.version} of ${context.useCase} was rolled back. ${endpointName} is in service, with ${old}.`,
      `Reason: ${reason ?? 'a guardrail alarm; see the history of the alarms of the deployment'}`,
      'What to do: docs/operating.md#rolled-back',
      ...links(context, plan.packageArn, serving),
    ],
  };
}

export function failed(context: Context, plan: Plan, status: string, reason: string): Outcome {
  return {
    subject: `deploying version ${plan.version} failed in ${context.stage}`,
    lines: [
      `${context.endpointName} is ${status}: ${reason}`,
      'What to do: docs/operating.md#deployment-failed',
      ...links(context, plan.packageArn, plan.name),
    ],
  };
}

/** The first version answers wrongly, and there is nothing to go back to. */
export function notTested(context: Context, plan: Plan, reason: string): Outcome {
  return {
    subject: `version ${plan.version} failed its smoke test in ${context.stage}`,
    lines: [
      `${context.endpointName} answers, but wrongly: ${reason}.`,
      'No version served before, so nothing was rolled back; the live manifest was not written.',
      'What to do: docs/operating.md#smoke-test',
      ...links(context, plan.packageArn, plan.name),
    ],
  };
}

/** The deployment ended, and its fleet keeps its size whatever comes. */
export function notScaled(context: Context, plan: Plan, reason: string): Outcome {
  const { endpointName, stage, settings } = context;
  return {
    subject: `the endpoint in ${stage} is not scaled automatically`,
    lines: [
      `${endpointName} is in service, but Application Auto Scaling refused to scale it: ${reason}`,
      `It keeps ${settings.stage.count} instance(s). The function tries again; alarms fire when it keeps failing.`,
      'What to do: docs/operating.md#not-scaled',
      ...links(context, plan.packageArn, plan.name),
    ],
  };
}

/** Somebody approved a version that may not serve in this stage. */
export function refused(context: Context, plan: Plan, reason: string): Outcome {
  return {
    subject: `version ${plan.version} was not deployed to ${context.stage}`,
    lines: [
      `Version ${plan.version} of ${context.useCase} was approved for ${context.stage}, but ${reason}. Nothing changed.`,
      'What to do: docs/operating.md#not-deployed',
      ...links(context, plan.packageArn),
    ],
  };
}

/** Somebody asked for the previous version, and there is none that may serve. */
export function notRestored(context: Context, reason: string): Outcome {
  return {
    subject: `nothing was rolled back in ${context.stage}`,
    lines: [
      `Somebody asked for the previous version of ${context.useCase} in ${context.stage}, but ${reason}. Nothing changed.`,
      'What to do: docs/operating.md#not-rolled-back',
    ],
  };
}

function smokeText(tested: SmokeTest): string {
  return tested.verdict === 'passed'
    ? `passed, two recorded rows got ${tested.answers.join(' and ')}, a bad row was refused`
    : `${tested.verdict}: ${tested.reason}`;
}

function captureText({ settings }: Context, captured: boolean | undefined): string {
  if (settings.stage.serverless !== undefined) return 'not by a serverless endpoint; by its front door, if it has one';
  if (settings.stage.capture === 0) return 'off, as the use case says; nothing can be monitored';
  if (captured === undefined) return 'not checked';
  return captured
    ? `${settings.stage.capture} % of the requests, an object appeared`
    : 'WARNING: no object appeared within a minute; monitoring may be blind, see docs/operating.md#no-data';
}
