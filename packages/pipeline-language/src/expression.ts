import type { JsonObject, Primitive } from './definition';
import type { Opaque } from './token';

/**
 * A value that SageMaker fills in while the pipeline runs. `T` is what it becomes: an `Expression<number>` does not
 * compile where a string is wanted, which is what CreatePipeline would refuse too.
 */
export abstract class Expression<T extends Primitive = Primitive> {
  /** Only a type: what the expression becomes at run time. */
  declare readonly becomes: T;

  /** The JSON form. */
  abstract toExpression(): JsonObject;

  /** The same value as a string, for arguments that only take strings (environment, hyper-parameters, command lines). */
  asString(): Expression<string> {
    return new Join('', [this]);
  }

  /** Guards against `${expression}`: text is joined with `join`, not with a template literal. */
  toString(): string {
    throw new Error(
      `expression ${JSON.stringify(this.toExpression())} is used as text: use join('', [...]) or asString()`,
    );
  }
}

/** An expression whose type only SageMaker knows (a value from a JSON file, an untyped property): it fits anywhere. */
export type AnyExpression = Expression<never>;

/** Anything that may stand as one value. */
export type Value = Primitive | Expression;

type Widened<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : never;

/** An SDK request type, with an expression allowed in the place of every primitive. */
export type Argument<T> = T extends Primitive
  ? T | Expression<Widened<T>> | (T extends string ? Opaque : never)
  : T extends readonly (infer U)[]
    ? readonly Argument<U>[]
    : T extends object
      ? { readonly [K in keyof T]: Argument<T[K]> }
      : T;

/** `{"Get": path}`: parameters, step properties, execution variables. */
export class Get<T extends Primitive = never> extends Expression<T> {
  constructor(readonly path: string) {
    super();
  }

  toExpression(): JsonObject {
    return { Get: this.path };
  }
}

/** Values that every execution knows about itself. */
export const execution = {
  id: new Get<string>('Execution.PipelineExecutionId'),
  arn: new Get<string>('Execution.PipelineExecutionArn'),
  pipelineName: new Get<string>('Execution.PipelineName'),
  pipelineArn: new Get<string>('Execution.PipelineArn'),
  startTime: new Get<string>('Execution.StartDateTime'),
  currentTime: new Get<string>('Execution.CurrentDateTime'),
  trainingJobName: new Get<string>('Execution.TrainingJobName'),
  processingJobName: new Get<string>('Execution.ProcessingJobName'),
} as const;

/** The experiment and trial that an execution is recorded under. */
export const experiment = {
  name: new Get<string>('PipelineExperimentConfig.ExperimentName'),
  trial: new Get<string>('PipelineExperimentConfig.TrialName'),
} as const;

class Join extends Expression<string> {
  constructor(
    private readonly on: string,
    private readonly values: readonly Value[],
  ) {
    super();
  }

  toExpression(): JsonObject {
    return {
      'Std:Join': { On: this.on, Values: this.values.map((v) => (v instanceof Expression ? v.toExpression() : v)) },
    };
  }

  override asString(): Expression<string> {
    return this;
  }
}

/** Joins values into one string: `join('/', ['s3:/', bucket, execution.id, 'train'])`. */
export function join(on: string, values: readonly Value[]): Expression<string> {
  return new Join(on, values);
}

class JsonGet extends Expression<never> {
  constructor(
    private readonly source: JsonObject,
    private readonly path: string,
  ) {
    super();
  }

  toExpression(): JsonObject {
    return { 'Std:JsonGet': { ...this.source, Path: this.path } };
  }
}

/** A value from a property file of a step; prefer `step.report.at(path)`, which knows both names. */
export function jsonGet(stepName: string, propertyFile: string, path: string): AnyExpression {
  return new JsonGet({ PropertyFile: { Get: `Steps.${stepName}.PropertyFiles.${propertyFile}` } }, path);
}

/** A value from a JSON object on S3, for files that no property file declares. The URI is usually a `join`. */
export function jsonGetFromS3(uri: string | Expression<string>, path: string): AnyExpression {
  return new JsonGet({ S3Uri: uri instanceof Expression ? uri.toExpression() : uri }, path);
}
