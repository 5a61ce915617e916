import { DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker';
import type { DeploymentOutcome } from '../../contracts/records/deployment-record';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { liveFiles, metadataKeys, prefixes } from '../../contracts/names';
import { copyInto, readJson, writeJson } from '../shared/objects';
import type { Context } from './context';
import type { Intent, Intents } from './intents';
import type { Plan } from './plan';

function liveKey({ useCase, stage }: Context, file: string): string {
  return `${prefixes.live(useCase, stage)}/${file}`;
}

/** The live manifest as it is, or undefined before the first deployment. */
export function readLive(context: Context): Promise<LiveManifest | undefined> {
  return readJson(context.artifacts, liveKey(context, liveFiles.manifest));
}

/** Metrics by name, as the evaluation of a version measured them. */
export type Metrics = Readonly<Record<string, number>>;

/** Metrics of the version that is live now; empty when its evaluation was not recorded. */
export async function evaluationOf(context: Context, live: LiveManifest | undefined): Promise<Metrics> {
  if (live === undefined) return {};
  const evaluation = await readJson<Readonly<Record<string, unknown>>>(
    context.artifacts,
    liveKey(context, liveFiles.evaluation),
  );
  const section = Object.entries(evaluation ?? {}).find(([name]) => name.endsWith('_metrics'))?.[1] ?? {};
  return Object.fromEntries(
    Object.entries(section as Readonly<Record<string, { readonly value?: unknown }>>).flatMap(([name, { value }]) =>
      typeof value === 'number' ? [[name, value]] : [],
    ),
  );
}

/** Puts the baselines beside the manifest, and then the manifest: whoever finds a version there finds its baselines too. */
export async function publishLive(
  context: Context,
  plan: Plan,
  time: string,
  previous: LiveManifest['previous'],
): Promise<LiveManifest> {
  const described = await context.sagemaker.send(
    new DescribeModelPackageCommand({ ModelPackageName: plan.packageArn }),
  );
  const { DriftCheckBaselines: baselines, CustomerMetadataProperties: metadata } = described;
  const sources: Readonly<Record<string, string | undefined>> = {
    [liveFiles.statistics]: baselines?.ModelDataQuality?.Statistics?.S3Uri,
    [liveFiles.constraints]: baselines?.ModelDataQuality?.Constraints?.S3Uri,
    [liveFiles.bias]: baselines?.Bias?.PostTrainingConstraints?.S3Uri ?? baselines?.Bias?.PreTrainingConstraints?.S3Uri,
    [liveFiles.evaluation]: metadata?.[metadataKeys.evaluation],
    [liveFiles.explanations]: baselines?.Explainability?.Constraints?.S3Uri,
    [liveFiles.predictions]: metadata?.[metadataKeys.predictions],
  };
  for (const [file, uri] of Object.entries(sources)) {
    if (uri !== undefined) await copyInto(context.artifacts, uri, liveKey(context, file));
  }
  const live: LiveManifest = {
    use_case: context.useCase,
    stage: context.stage,
    package_arn: plan.packageArn,
    version: plan.version,
    endpoint: context.endpointName,
    endpoint_config: plan.name,
    model: plan.name,
    deployed_at: time,
    artifact: plan.artifact,
    execution_arn: plan.executionArn,
    metadata: plan.metadata,
    previous,
  };
  await writeJson(context.artifacts, liveKey(context, liveFiles.manifest), live);
  return live;
}

/**
 * What a rollback of this deployment would bring back: the version that served before it, or, when it is itself a
 * rollback, what that version replaced when it first served.
 */
export async function previousOf(
  intents: Intents,
  { plan, restores }: Intent,
  before: LiveManifest | undefined,
): Promise<LiveManifest['previous']> {
  if (before === undefined) return undefined;
  if (before.endpoint_config === plan.name) return before.previous;
  if (restores === undefined) {
    const { package_arn, version, endpoint_config } = before;
    return { package_arn, version, endpoint_config };
  }
  const [first] = (await intents.done(plan.version)).filter((each) => each.restores === undefined);
  const outcome = first && (await intents.details<DeploymentOutcome>(first, 'done'));
  return outcome?.live?.previous;
}
