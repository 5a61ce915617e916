import type {
  CreateProcessingJobRequest,
  DescribeProcessingJobResponse,
  ProcessingOutput,
} from '@aws-sdk/client-sagemaker';
import type { Argument, Expression } from '../expression';
import { Get } from '../expression';
import type { PropertyFileOptions } from '../property-file';
import { PropertyFile } from '../property-file';
import type { JobOptions } from '../step';
import { Step } from '../step';

type Omitted = 'ProcessingJobName' | 'ProcessingOutputConfig' | 'ExperimentConfig';

/** CreateProcessingJob without the job name. `O` collects the output names, so that `output('...')` is checked by the compiler. */
export type ProcessingArguments<O extends string = string> = Argument<Omit<CreateProcessingJobRequest, Omitted>> & {
  readonly ProcessingOutputConfig?: {
    readonly Outputs: readonly (Argument<Omit<ProcessingOutput, 'OutputName'>> & { readonly OutputName: O })[];
    readonly KmsKeyId?: string | Expression<string>;
  };
  readonly ExperimentConfig?: { readonly TrialComponentDisplayName: string | Expression<string> };
};

export interface ProcessingOptions<O extends string = string, F extends string = string> extends JobOptions {
  readonly arguments: ProcessingArguments<O>;
  /** JSON files that conditions and other steps read values from, by name. */
  readonly propertyFiles?: Readonly<Record<F, PropertyFileOptions>>;
}

/** Runs a container over data: preprocessing, evaluation, monitoring. */
export class ProcessingStep<
  const O extends string = string,
  const F extends string = string,
> extends Step<DescribeProcessingJobResponse> {
  readonly type = 'Processing';
  private readonly files: readonly PropertyFile[];

  constructor(
    name: string,
    private readonly processing: ProcessingOptions<O, F>,
  ) {
    super(name, processing);
    const declared = Object.entries<PropertyFileOptions>(processing.propertyFiles ?? {});
    this.files = declared.map(([file, options]) => new PropertyFile(name, file, options));
  }

  /** The S3 prefix of an output. */
  output(name: O): Expression<string> {
    return new Get<string>(`Steps.${this.name}.ProcessingOutputConfig.Outputs['${name}'].S3Output.S3Uri`);
  }

  /** A property file by name. */
  file(name: F): PropertyFile {
    const found = this.files.find((file) => file.name === name);
    if (found === undefined)
      throw new Error(`step ${this.name} has no property file ${name}: it has ${this.fileNames()}`);
    return found;
  }

  /** The property file of a step that has one. */
  get report(): PropertyFile {
    const [only, ...others] = this.files;
    if (only === undefined || others.length > 0) {
      throw new Error(`step ${this.name} has no single report: use file(name), it has ${this.fileNames()}`);
    }
    return only;
  }

  protected arguments(): unknown {
    return this.processing.arguments;
  }

  protected override members(): Record<string, unknown> {
    return { PropertyFiles: this.files.length === 0 ? undefined : this.files.map((file) => file.toPropertyFile()) };
  }

  private fileNames(): string {
    return this.files.length === 0 ? 'none' : this.files.map((file) => file.name).join(', ');
  }
}
