import { validation } from '../../../../../core/errors';
import type { Json } from '../../../../../core/service';
import { parseJson } from '../../../../../core/json';
import { isObject, references } from './expression';
import type { JsonObject } from './expression';

export type ParameterType = 'String' | 'Integer' | 'Float' | 'Boolean';

export interface ParameterDefinition {
  readonly name: string;
  readonly type: ParameterType;
  readonly defaultValue?: Json;
  readonly enumValues?: readonly string[];
}

/** Where a step of a branch belongs: it runs only when the condition came out this way. */
export interface Branch {
  readonly condition: string;
  readonly outcome: boolean;
}

/** Outcome of a needed step that lets a step start: `{"Step": "Train", "Trigger": "Failed"}`. */
export type Trigger = 'Completed' | 'Failed' | 'Stopped' | 'Any';

/** One step of a definition, steps inside branches included. */
export interface StepDefinition {
  readonly name: string;
  readonly type: string;
  /** The step as written. */
  readonly raw: JsonObject;
  readonly arguments: Json;
  readonly dependsOn: readonly string[];
  /** Outcomes of needed steps that let this one start, where that is not plain success. */
  readonly triggers: Readonly<Record<string, Trigger>>;
  /** Every step that has to come first: DependsOn, references, the condition it hangs below. */
  readonly needs: readonly string[];
  readonly branch?: Branch;
}

export interface Definition {
  readonly text: string;
  readonly parameters: readonly ParameterDefinition[];
  readonly experiment?: JsonObject;
  /** All steps in the order of the document. */
  readonly steps: readonly StepDefinition[];
}

const asList = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

/** Entries of a DependsOn list: a name, `Steps.<name>`, or a name with the outcome to wait for. */
function dependencies(step: JsonObject): readonly { readonly name: string; readonly trigger: Trigger }[] {
  return asList(step['DependsOn']).map((each) =>
    isObject(each)
      ? { name: String(each['Step']), trigger: String(each['Trigger'] ?? 'Completed') as Trigger }
      : { name: String(each).replace(/^Steps\./, ''), trigger: 'Completed' },
  );
}

/** Members of a step that hold its own work; IfSteps and ElseSteps hold other steps' work. */
function ownValues(step: JsonObject): Json {
  if (step['Type'] !== 'Condition' || !isObject(step['Arguments'])) return step as Json;
  const { IfSteps: _if, ElseSteps: _else, ...own } = step['Arguments'];
  return { ...step, Arguments: own } as Json;
}

function flatten(steps: readonly Json[], branch: Branch | undefined): StepDefinition[] {
  return steps.flatMap((value) => {
    if (!isObject(value))
      throw validation(`a step is an object with Name, Type and Arguments, not ${JSON.stringify(value)}`);
    const step: JsonObject = value;
    const name = String(step['Name'] ?? '');
    const dependent = dependencies(step);
    const dependsOn = dependent.map((each) => each.name);
    const triggers = Object.fromEntries(dependent.map((each) => [each.name, each.trigger]));
    const referred = references(ownValues(step)).flatMap((each) => (each.kind === 'step' ? [each.step] : []));
    const needs = [...new Set([...dependsOn, ...referred, ...(branch === undefined ? [] : [branch.condition])])];
    const own: StepDefinition = {
      name,
      type: String(step['Type'] ?? ''),
      raw: step,
      arguments: step['Arguments'] ?? {},
      dependsOn,
      triggers,
      needs,
      ...(branch === undefined ? {} : { branch }),
    };
    if (own.type !== 'Condition' || !isObject(own.arguments)) return [own];
    return [
      own,
      ...flatten(asList(own.arguments['IfSteps']), { condition: name, outcome: true }),
      ...flatten(asList(own.arguments['ElseSteps']), { condition: name, outcome: false }),
    ];
  });
}

/** Reads a pipeline definition. @throws ValidationException when it has not the form of one; {@link problemsOf} checks the rest. */
export function parseDefinition(text: string): Definition {
  let document: Json;
  try {
    document = parseJson(text) as Json;
  } catch (error) {
    throw validation(`Pipeline definition is not valid JSON: ${(error as Error).message}`);
  }
  if (!isObject(document))
    throw validation('Pipeline definition must be a JSON object with Version, Parameters and Steps');
  if (document['Version'] !== '2020-12-01')
    throw validation(
      `Pipeline definition has Version ${JSON.stringify(document['Version'])}; the only one is "2020-12-01"`,
    );
  const steps = document['Steps'];
  if (!Array.isArray(steps) || steps.length === 0)
    throw validation("Pipeline definition needs a list 'Steps' with at least one step");
  const parameters = asList(document['Parameters']).map((each) => {
    const parameter = isObject(each) ? each : {};
    return {
      name: String(parameter['Name'] ?? ''),
      type: String(parameter['Type'] ?? '') as ParameterType,
      ...(parameter['DefaultValue'] === undefined ? {} : { defaultValue: parameter['DefaultValue'] }),
      ...(parameter['EnumValues'] === undefined ? {} : { enumValues: asList(parameter['EnumValues']).map(String) }),
    };
  });
  const experiment = document['PipelineExperimentConfig'];
  return {
    text,
    parameters,
    steps: flatten(steps as readonly Json[], undefined),
    ...(isObject(experiment) ? { experiment } : {}),
  };
}

/** A cycle among the steps as the route that walks it, or undefined. */
export function cycleIn(steps: readonly StepDefinition[]): readonly string[] | undefined {
  const byName = new Map(steps.map((each) => [each.name, each]));
  const done = new Set<string>();
  const walk = (name: string, route: readonly string[]): readonly string[] | undefined => {
    if (route.includes(name)) return [...route.slice(route.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const next of byName.get(name)?.needs ?? []) {
      const cycle = walk(next, [...route, name]);
      if (cycle !== undefined) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const step of steps) {
    const cycle = walk(step.name, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
