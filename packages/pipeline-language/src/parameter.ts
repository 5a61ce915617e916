import type { JsonObject, ParameterType, Primitive } from './definition';
import { Expression } from './expression';

export interface ParameterOptions<T extends Primitive> {
  /** Used when an execution does not set the parameter. */
  readonly default?: T;
}

export interface StringParameterOptions extends ParameterOptions<string> {
  /** The values that an execution may choose from. */
  readonly allowed?: readonly string[];
}

/** A value that whoever starts the pipeline may change. */
export abstract class Parameter<T extends Primitive = Primitive> extends Expression<T> {
  abstract readonly type: ParameterType;

  constructor(
    readonly name: string,
    readonly options: ParameterOptions<T> = {},
  ) {
    super();
  }

  toExpression(): JsonObject {
    return { Get: `Parameters.${this.name}` };
  }

  /** The declaration, with the default replaced when the pipeline sets another one. */
  toParameter(replacement?: Primitive): Record<string, unknown> {
    return { Name: this.name, Type: this.type, DefaultValue: replacement ?? this.options.default };
  }
}

/** A text parameter; the only kind that fits in a string argument without `asString()`. */
export class StringParameter extends Parameter<string> {
  readonly type = 'String';

  constructor(
    name: string,
    private readonly stringOptions: StringParameterOptions = {},
  ) {
    super(name, stringOptions);
  }

  override asString(): Expression<string> {
    return this;
  }

  override toParameter(replacement?: Primitive): Record<string, unknown> {
    return { ...super.toParameter(replacement), EnumValues: this.stringOptions.allowed };
  }
}

/** A whole-number parameter. */
export class IntegerParameter extends Parameter<number> {
  readonly type = 'Integer';
}

/** A number parameter. */
export class FloatParameter extends Parameter<number> {
  readonly type = 'Float';
}

/** A yes/no parameter. */
export class BooleanParameter extends Parameter<boolean> {
  readonly type = 'Boolean';
}
