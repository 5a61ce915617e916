/** A type of the service model, reduced to what can be checked. */
export interface Shape {
  readonly type:
    'structure' | 'list' | 'map' | 'string' | 'boolean' | 'integer' | 'long' | 'float' | 'timestamp' | 'any';
  readonly members?: Readonly<Record<string, string>>;
  readonly required?: readonly string[];
  /** Exactly one member may be set. */
  readonly union?: boolean;
  readonly member?: string;
  readonly key?: string;
  readonly value?: string;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

/** What a step type asks for and answers with. */
export interface StepShape {
  readonly request: string;
  /** Names that SageMaker makes up: they may be left out. */
  readonly given: readonly string[];
  readonly answers: readonly string[];
}
