import type { StageName } from '../names';

/** Model data and what tells it from any other content under the same name: the object's ETag. */
export interface ModelArtifact {
  readonly uri: string;
  readonly digest: string;
}

/** What serves now: `s3://<artifacts>/<use-case>/live/<stage>/manifest.json`, written by the deploy function only. */
export interface LiveManifest {
  readonly use_case: string;
  readonly stage: StageName;
  readonly package_arn: string;
  readonly version: number;
  readonly endpoint: string;
  readonly endpoint_config: string;
  readonly model: string;
  /** ISO time of the event that ended the deployment. */
  readonly deployed_at: string;
  /** Model data that serves, with its digest: the same in every stage that serves this version. */
  readonly artifact?: ModelArtifact;
  /** Pipeline execution that registered the version, when the package says so. */
  readonly execution_arn?: string;
  /** CustomerMetadataProperties of the package. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What served before. */
  readonly previous?: { readonly package_arn: string; readonly version: number; readonly endpoint_config: string };
}
