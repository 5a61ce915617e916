import { OWN_SHAPES } from './own-shapes';
import type { Shape, StepShape } from './shape-types';
import table from './shapes.json';

const service = table as {
  readonly source: string;
  readonly steps: Readonly<Record<string, StepShape>>;
  readonly shapes: Readonly<Record<string, Shape>>;
};

/** The service model that the requests are checked against. */
export const SHAPES_SOURCE = service.source;

const OWN_STEPS: Readonly<Record<string, StepShape>> = {
  Fail: { request: 'FailArguments', given: [], answers: [] },
  Lambda: { request: 'CallArguments', given: [], answers: [] },
  Callback: { request: 'CallArguments', given: [], answers: [] },
  EMR: { request: 'EmrArguments', given: [], answers: [] },
  EMRServerless: { request: 'EmrServerlessArguments', given: [], answers: [] },
};

/** The shapes of a step type, if it has any. */
export const stepShape = (type: string): StepShape | undefined => service.steps[type] ?? OWN_STEPS[type];

const ANY: Shape = { type: 'any' };

/** A shape by its name; `any` when it is not known. */
export const shapeOf = (name: string): Shape => service.shapes[name] ?? OWN_SHAPES[name] ?? ANY;

const compiled = new Map<string, RegExp>();

/** The pattern as the service means it: it must match the whole text. */
export function matches(pattern: string, text: string): boolean {
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    regex = compile(`^(?:${pattern})$`);
    compiled.set(pattern, regex);
  }
  return regex.test(text);
}

/** Some patterns escape characters that JavaScript only lets pass without the unicode flag. */
function compile(source: string): RegExp {
  /* eslint-disable no-restricted-syntax -- patterns of the service model; a test runs all of them on hostile text */
  try {
    return new RegExp(source, 'u');
  } catch {
    return new RegExp(source);
  }
  /* eslint-enable no-restricted-syntax */
}
