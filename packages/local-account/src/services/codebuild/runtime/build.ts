import type { SourceArtifact } from './artifacts';
import type { Project, Variable } from './project';

export interface BuildPhase {
  readonly phase: string;
  readonly status: string;
  readonly started: number;
  readonly ended?: number;
}

/** One build, as BatchGetBuilds tells it. */
export interface Build {
  readonly id: string;
  readonly arn: string;
  readonly project: string;
  readonly number: number;
  readonly status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'STOPPED' | 'TIMED_OUT' | 'FAULT';
  readonly initiator: string;
  readonly started: number;
  readonly ended?: number;
  readonly phases: readonly BuildPhase[];
  readonly reason?: string;
  readonly exported: Readonly<Record<string, string>>;
  readonly logGroup: string;
  readonly logStream: string;
}

export interface BuildRequest {
  readonly project: Project;
  readonly initiator: string;
  readonly variables: readonly Variable[];
  /** First the primary one. */
  readonly inputs: readonly SourceArtifact[];
  /** Where the output goes, when there is one. */
  readonly output?: { readonly bucket: string; readonly key: string };
}
