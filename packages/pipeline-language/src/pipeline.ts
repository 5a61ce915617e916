import { checkDefinition, NOTES, type Problem, toTable } from './check';
import { LIMITS } from './check/pipeline-level';
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
import { carriesToken, replaceTokens } from './token';

const PIPELINE_NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}$/;

/** A pipeline that SageMaker would refuse; the message is a table of everything that is wrong with it. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';

  constructor(
    readonly pipeline: string,
    readonly problems: readonly Problem[],
  ) {
    super(`pipeline ${pipeline} is not valid:\n${toTable(problems)}`);
  }
}

export interface ExperimentOptions {
  readonly experimentName: string | Expression<string>;
  readonly trialName: string | Expression<string>;
}

export interface PipelineOptions {
  /** A-Z, a-z, 0-9, and hyphens between them; at most 256. */
  readonly name: string;
  /** For whoever finds the pipeline in Studio; set on the pipeline, not in the definition. */
  readonly description?: string;
  /** What whoever starts the pipeline may change. */
  readonly parameters?: readonly Parameter[];
  /** Default values of parameters by name, usually from a use case; they replace those of the declarations. */
  readonly defaults?: Readonly<Record<string, Primitive>>;
  /** In any order; steps of a branch are in their ConditionStep and not here. */
  readonly steps: readonly Step[];
  /** Experiment and trial of each execution: by default the pipeline's name and the execution's id; null records none. */
  readonly experiment?: ExperimentOptions | null;
  /** How many steps may run at once; set on the pipeline, not in the definition. */
  readonly maxParallelSteps?: number;
  /** Free texts in the definition. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Registered versions are going to be monitored: they must carry DriftCheckBaselines. */
  readonly monitoring?: boolean;
}

/** A SageMaker pipeline. */
export class Pipeline {
  readonly name: string;
  readonly description: string | undefined;

  constructor(private readonly options: PipelineOptions) {
    this.name = options.name;
    this.description = options.description;
  }

  /** The definition as plain JSON. Throws a PipelineError that lists everything that is wrong with it. */
  toDefinition(): PipelineDefinition {
    const definition = this.render();
    const problems = this.problemsOf(definition).filter((problem) => !NOTES.includes(problem.code));
    if (problems.length > 0) throw new PipelineError(this.name, problems);
    return definition;
  }

  /** Everything that is wrong with the pipeline, and notes. */
  check(): Problem[] {
    return this.problemsOf(this.render());
  }

  private problemsOf(definition: PipelineDefinition): Problem[] {
    const { monitoring, defaults = {}, parameters = [] } = this.options;
    const problems = checkDefinition(definition, { monitoring });
    if (!carriesToken(this.name) && !PIPELINE_NAME.test(this.name)) {
      const message = `pipeline name ${JSON.stringify(this.name)} is not valid`;
      problems.push({
        code: 'bad-name',
        path: 'name',
        value: this.name,
        message,
        allowed: 'A-Z a-z 0-9, and - between them',
      });
    }
    const declared = parameters.map((parameter) => parameter.name);
    for (const name of Object.keys(defaults).filter((key) => !declared.includes(key))) {
      const message = `there is a default for parameter ${name}, which is not declared`;
      problems.push({
        code: 'unknown-parameter',
        path: `defaults.${name}`,
        value: name,
        message,
        allowed: declared.join(', '),
      });
    }
    return problems;
  }

  /** The definition as plain JSON, unchecked. */
  render(): PipelineDefinition {
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

  /** Size of the definition in bytes; each deploy-time token counts like a long ARN. */
  get definitionSize(): number {
    return Buffer.byteLength(replaceTokens(JSON.stringify(this.render()), () => 'x'.repeat(LIMITS.bytesOfToken)));
  }

  /** True when CreatePipeline wants the definition on S3. */
  get needsS3Location(): boolean {
    return this.definitionSize >= LIMITS.bytesInline;
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
    const graph = Graph.of(this.render());
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
