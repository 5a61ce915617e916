import type { UseCase } from '@mooring/use-case/use-case';

/** Where a pipeline runs: everything that only the deployment knows. Strings may carry deploy-time tokens. */
export interface Place {
  readonly pipelineName: string;
  readonly packageGroup: string;
  /** Role of the jobs. */
  readonly roleArn: string;
  readonly kmsKeyArn: string;
  readonly dataBucket: string;
  readonly artifactBucket: string;
  /** The code bundle: URI of the object and its file name. */
  readonly code: { readonly zip: AssetPlace };
  /** Default of the labelled rows: a header without rows, because a job refuses an empty prefix. */
  readonly noLabels: string;
  readonly images: { readonly processing: string; readonly training: string; readonly monitor?: string };
  readonly configHash: string;
  /** What check steps need: use cases with `engine: model-monitor` only. */
  readonly checks?: Checks;
  /** What the definition was synthesized from: defaults of the parameters that tell it. */
  readonly source?: { readonly commit: string; readonly tag: string };
}

/** Images of Model Monitor and Clarify. */
export interface Checks {
  readonly analyzer: string;
  readonly clarify: string;
}

export interface AssetPlace {
  readonly uri: string;
  readonly file: string;
}

/** A pipeline definition's maker: the standard one, or `pipeline-defs/<use-case>/pipeline.ts`. */
export interface PipelineContext {
  readonly useCase: UseCase;
  readonly place: Place;
}
