import type { LiveManifest } from '../../contracts/live-manifest';
import { metadataKeys } from '../../contracts/names';
import type { Context } from './context';
import type { Plan } from './plan';
import type { SmokeTest } from './smoke-test';

/** News about how a deployment ended. */
export interface Outcome {
  readonly subject: string;
  readonly lines: readonly string[];
}

export interface Deployed {
  readonly context: Context;
  readonly live: LiveManifest;
  readonly tested: SmokeTest;
  readonly captured: boolean | undefined;
}

export function deployed({ context, live, tested, captured }: Deployed): Outcome {
  const before =
    live.previous === undefined ? 'It is the first version here.' : `It replaces version ${live.previous.version}.`;
  return {
    subject: `version ${live.version} serves in ${live.stage}`,
    lines: [
      `Version ${live.version} of ${live.use_case} serves at ${live.endpoint} since ${live.deployed_at}. ${before}`,
      '',
      `Smoke test: ${smokeText(tested)}`,
      `Data capture: ${captureText(context, captured)}`,
      `Model package: ${live.package_arn}`,
      `Endpoint configuration: ${live.endpoint_config}`,
      ...evidence(live.metadata),
    ],
  };
}

export function rolledBack({ endpointName, stage }: Context, plan: Plan, live: string, reason?: string): Outcome {
  return {
    subject: `version ${plan.version} was rolled back in ${stage}`,
    lines: [
      `${endpointName} is in service, but not with version ${plan.version}: ${live} serves.`,
      `Reason: ${reason ?? 'a guardrail alarm or the smoke test; see the alarms of the deployment'}`,
      `Model package: ${plan.packageArn}`,
      'What to do: docs/operating.md#rolled-back',
    ],
  };
}

export function failed({ endpointName, stage }: Context, plan: Plan, status: string, reason: string): Outcome {
  return {
    subject: `deploying version ${plan.version} failed in ${stage}`,
    lines: [
      `${endpointName} is ${status}: ${reason}`,
      `Model package: ${plan.packageArn}`,
      'What to do: docs/operating.md#deployment-failed',
    ],
  };
}

/** The first version answers wrongly, and there is nothing to go back to. */
export function notTested({ endpointName, stage }: Context, plan: Plan, reason: string): Outcome {
  return {
    subject: `version ${plan.version} failed its smoke test in ${stage}`,
    lines: [
      `${endpointName} answers, but wrongly: ${reason}.`,
      'No version served before, so nothing was rolled back; the live manifest was not written.',
      `Model package: ${plan.packageArn}`,
      'What to do: docs/operating.md#smoke-test',
    ],
  };
}

function smokeText(tested: SmokeTest): string {
  return tested.verdict === 'passed'
    ? `passed, two recorded rows got ${tested.answers.join(' and ')}`
    : `${tested.verdict}: ${tested.reason}`;
}

function captureText({ settings }: Context, captured: boolean | undefined): string {
  if (settings.stage.capture === 0) return 'off, as the use case says; nothing can be monitored';
  if (captured === undefined) return 'not checked';
  return captured
    ? `${settings.stage.capture} % of the requests, an object appeared`
    : 'WARNING: no object appeared within a minute; monitoring may be blind, see docs/operating.md#no-data';
}

function evidence(metadata: LiveManifest['metadata']): string[] {
  return [metadataKeys.commit, metadataKeys.tag, metadataKeys.dataHash, metadataKeys.trigger].flatMap((key) =>
    metadata[key] === undefined ? [] : [`${key}: ${metadata[key]}`],
  );
}
