import type { LiveManifest, ModelArtifact } from './live-manifest';
import { prefixes, type StageName } from '../names';

/** What shall serve: fully determined by the package and the stage, so that repeating it changes nothing. */
export interface DeploymentPlan {
  readonly packageArn: string;
  readonly version: number;
  /** Name of the model and of the endpoint configuration; carries a hash of everything they are made of. */
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly executionArn?: string;
  /** The model data as it was when the deployment was asked for. */
  readonly artifact?: ModelArtifact;
}

/** What an approval or a request asked for. Never changed once written: the newest intent is what shall serve. */
export interface DeploymentIntent {
  readonly id: string;
  readonly plan: DeploymentPlan;
  /** Of the event, which knows seconds only. */
  readonly eventTime: string;
  /** Last change of the package when its event was first seen: tells two approvals within a second apart. */
  readonly changedAt?: string;
  /** Who changed the package last when its event was first seen, i.e. the approver: this very deployment changes the package, too. */
  readonly approvedBy?: string;
  /** Present when somebody asked for the previous version. */
  readonly restores?: { readonly from: number; readonly by: string; readonly reason?: string };
}

/** Ends of a deployment; each has exactly one. */
export const deploymentEnds = ['done', 'rolled-back', 'failed', 'superseded', 'refused'] as const;
export type DeploymentEnd = (typeof deploymentEnds)[number];

/** How far a deployment got; each is an object of its own, so that writers never overwrite each other. */
export const deploymentMarks = [
  ...(['started', 'reverting'] as const),
  ...deploymentEnds,
  // After the end, each of them once; what is missing is made good with the next event of the endpoint.
  ...(['told', 'promoted', 'scaled', 'not-scaled', 'cleaned'] as const),
] as const;
export type DeploymentMark = (typeof deploymentMarks)[number];

/** What is written beside an end. */
export interface DeploymentOutcome {
  readonly subject: string;
  readonly lines: readonly string[];
  readonly reason?: string;
  /** Invocation that noted the end; a retry of it makes good what it did not get to. */
  readonly requestId?: string;
  /** What served then; only of deployments that ended well. */
  readonly live?: LiveManifest;
}

/** Deployments of a stage: `<this>/<time>_<version>/<intent or a mark>.json` in the artifact bucket. */
export const deploymentsPrefix = (useCase: string, stage: StageName): string =>
  `${prefixes.markers(useCase)}/deploy-${stage}`;

/** Status of a package's life-cycle stage: `Approved` comes from people, the others from the deploy function. */
export const lifeCycleStatuses = {
  approved: 'Approved',
  serving: 'Serving',
  replaced: 'Replaced',
  rolledBack: 'RolledBack',
  failed: 'Failed',
} as const;
export type LifeCycleStatus = (typeof lifeCycleStatuses)[keyof typeof lifeCycleStatuses];

/** Name of a package's life-cycle stage. */
export const lifeCycleStage = (stage: StageName): 'Staging' | 'Production' =>
  stage === 'production' ? 'Production' : 'Staging';

/** Verdict of the tests of a version in a stage: `<this>/summary.json`, with the reports beside it. */
export const testsPrefix = (useCase: string, stage: StageName, version: number): string =>
  `${prefixes.tests(useCase)}/${stage}/v${version}`;

/** `summary.json` below {@link testsPrefix}. */
export interface TestSummary {
  readonly package_arn: string;
  readonly version: number;
  readonly stage: StageName;
  readonly endpoint_config: string;
  readonly passed: boolean;
  readonly at: string;
  readonly tests: readonly { readonly name: string; readonly passed: boolean; readonly found: string }[];
}
