import type { AnyExpression } from './expression';
import { jsonGet } from './expression';

/** Where a property file lies: a processing output and the JSON file inside it. */
export interface PropertyFileOptions {
  readonly output: string;
  readonly path: string;
}

/** A JSON file that a processing step writes and that conditions and later steps read values from. */
export class PropertyFile {
  constructor(
    readonly stepName: string,
    readonly name: string,
    readonly options: PropertyFileOptions,
  ) {}

  /** The value at a dotted path, for instance `binary_classification_metrics.f1.value`. */
  at(path: string): AnyExpression {
    return jsonGet(this.stepName, this.name, path);
  }

  toPropertyFile(): Record<string, unknown> {
    return { PropertyFileName: this.name, OutputName: this.options.output, FilePath: this.options.path };
  }
}
