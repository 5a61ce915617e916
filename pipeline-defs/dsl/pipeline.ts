import type { PipelineDefinition, Primitive } from './definition';
import { toDot, toMermaid, toText } from './draw';
import type { Expression } from './expression';
import { execution } from './expression';
import { Graph } from './graph';
import type { Parameter } from './parameter';
import { render } from './render';
import type { SelectiveExecution, SelectiveExecutionConfig } from './selective-execution';
import { selectiveExecution } from './selective-execution';
import type { Step } from './step';

/** From this size on a definition is passed to CreatePipeline by its place on S3. */
export const S3_THRESHOLD_BYTES = 100 * 1024;

export interface ExperimentOptions {
  readonly experimentName: string | Expression<string>;
  readonly trialName: string | Expression<string>;
}

export interface PipelineOptions {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  /** Default values of parameters by name, usually from a use case; they replace those of the declarations. */
  readonly defaults?: Readonly<Record<string, Primitive>>;
  readonly steps: readonly Step[];
  /** Experiment and trial of each execution: by default the pipeline's name and the execution's id; null records none. */
  readonly experiment?: ExperimentOptions | null;
  /** How many steps may run at once; set on the pipeline, not in the definition. */
  readonly maxParallelSteps?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A SageMaker pipeline. */
export class Pipeline {
  readonly name: string;

  constructor(private readonly options: PipelineOptions) {
    this.name = options.name;
  }

  /** The definition as plain JSON. */
  toDefinition(): PipelineDefinition {
    const { parameters = [], defaults = {}, steps, metadata = {} } = this.options;
    const { experiment = { experimentName: execution.pipelineName, trialName: execution.id } } = this.options;
    return render({
      Version: '2020-12-01',
      Metadata: metadata,
      Parameters: parameters.map((parameter) => parameter.toParameter(defaults[parameter.name])),
      PipelineExperimentConfig: experiment && {
        ExperimentName: experiment.experimentName,
        TrialName: experiment.trialName,
      },
      Steps: steps.map((step) => step.toStep()),
    }) as PipelineDefinition;
  }

  /** The definition as text: same pipeline, same bytes. */
  toJson(): string {
    return JSON.stringify(this.toDefinition());
  }

  /** Size of the definition in bytes. */
  get definitionSize(): number {
    return Buffer.byteLength(this.toJson());
  }

  /** True when CreatePipeline wants the definition on S3. */
  get needsS3Location(): boolean {
    return this.definitionSize >= S3_THRESHOLD_BYTES;
  }

  /** The ParallelismConfiguration of CreatePipeline and of `AWS::SageMaker::Pipeline`. */
  get parallelism(): { readonly MaxParallelExecutionSteps: number } | undefined {
    const { maxParallelSteps } = this.options;
    return maxParallelSteps === undefined ? undefined : { MaxParallelExecutionSteps: maxParallelSteps };
  }

  /** The SelectiveExecutionConfig of StartPipelineExecution. */
  selectiveExecution(selection: SelectiveExecution): SelectiveExecutionConfig {
    const names = this.graph().nodes.map((node) => node.name);
    return selectiveExecution(selection, names);
  }

  /** Steps and edges, and three ways to look at them. */
  graph(): Graph & Drawings {
    const graph = Graph.of(this.toDefinition());
    return Object.assign(graph, {
      toText: () => toText(graph),
      toDot: () => toDot(graph),
      toMermaid: () => toMermaid(graph),
    });
  }
}

/** The three drawings of a graph. */
export interface Drawings {
  toText(): string;
  toDot(): string;
  toMermaid(): string;
}
