import type { ParameterType } from '../definition';
import type { Expression, Value } from '../expression';
import { Get } from '../expression';
import type { CacheableOptions } from '../step';
import { Step } from '../step';

/** Names and types of what a function or a callback returns. */
export type Outputs = Readonly<Record<string, ParameterType>>;
type Becomes<T> = T extends 'String' ? string : T extends 'Boolean' ? boolean : number;

interface CallOptions<O extends Outputs> extends CacheableOptions {
  /** The payload: a flat map. */
  readonly inputs?: Readonly<Record<string, Value>>;
  readonly outputs?: O;
}

export interface LambdaOptions<O extends Outputs> extends CallOptions<O> {
  readonly functionArn: string | Expression<string>;
}

export interface CallbackOptions<O extends Outputs> extends CallOptions<O> {
  readonly queueUrl: string | Expression<string>;
}

abstract class CallStep<O extends Outputs> extends Step<unknown> {
  constructor(
    name: string,
    private readonly call: CallOptions<O>,
  ) {
    super(name, call);
  }

  /** A value that came back. */
  output<K extends keyof O & string>(name: K): Expression<Becomes<O[K]>> {
    return new Get<Becomes<O[K]>>(`Steps.${this.name}.OutputParameters['${name}']`);
  }

  protected arguments(): unknown {
    return this.call.inputs ?? {};
  }

  protected override members(): Record<string, unknown> {
    const outputs = Object.entries(this.call.outputs ?? {});
    return { OutputParameters: outputs.map(([OutputName, OutputType]) => ({ OutputName, OutputType })) };
  }
}

/** Calls a Lambda function and waits at most ten minutes for its answer. */
export class LambdaStep<const O extends Outputs = Record<never, never>> extends CallStep<O> {
  readonly type = 'Lambda';

  constructor(
    name: string,
    private readonly lambda: LambdaOptions<O>,
  ) {
    super(name, lambda);
  }

  protected override members(): Record<string, unknown> {
    return { ...super.members(), FunctionArn: this.lambda.functionArn };
  }
}

/** Sends a message with a token to a queue and waits until somebody answers with it. */
export class CallbackStep<const O extends Outputs = Record<never, never>> extends CallStep<O> {
  readonly type = 'Callback';

  constructor(
    name: string,
    private readonly callback: CallbackOptions<O>,
  ) {
    super(name, callback);
  }

  protected override members(): Record<string, unknown> {
    return { ...super.members(), SqsQueueUrl: this.callback.queueUrl };
  }
}
