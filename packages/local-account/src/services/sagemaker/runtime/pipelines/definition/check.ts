import { Unsupported, validation } from '../../../../../core/errors';
import type { Body, Json } from '../../../../../core/service';
import type { Shapes } from '../../shapes';
import { checkStepProblems, unsupportedOfCheck } from './check-step';
import { conditionTypes } from './condition';
import { cycleIn } from './definition';
import type { Definition, ParameterType, StepDefinition } from './definition';
import { expressionKind, isObject, parseReference, references } from './expression';
import type { JsonObject } from './expression';
import { readParameter } from './parameters';

/** Operation whose request a step's Arguments are, and the member the service makes up itself. */
export const stepShapes: Readonly<Record<string, { readonly operation: string; readonly own: readonly string[] }>> = {
  Processing: { operation: 'CreateProcessingJob', own: ['ProcessingJobName'] },
  QualityCheck: { operation: 'CreateProcessingJob', own: ['ProcessingJobName'] },
  ClarifyCheck: { operation: 'CreateProcessingJob', own: ['ProcessingJobName'] },
  Training: { operation: 'CreateTrainingJob', own: ['TrainingJobName'] },
  Tuning: { operation: 'CreateHyperParameterTuningJob', own: ['HyperParameterTuningJobName'] },
  Transform: { operation: 'CreateTransformJob', own: ['TransformJobName'] },
  Model: { operation: 'CreateModel', own: ['ModelName'] },
  RegisterModel: { operation: 'CreateModelPackage', own: [] },
  EndpointConfig: { operation: 'CreateEndpointConfig', own: ['EndpointConfigName'] },
  Endpoint: { operation: 'CreateEndpoint', own: ['EndpointName'] },
};

/** Step types of this account, and those of the service that a laptop cannot do, each with what to do instead. */
export const runnableTypes: readonly string[] = [...Object.keys(stepShapes), 'Condition', 'Fail', 'Lambda', 'Callback'];
export const refusedTypes: Readonly<Record<string, string>> = {
  EMR: 'there is no cluster on a laptop',
  EMRServerless: 'there is no cluster on a laptop',
  AutoML: 'Autopilot has no local counterpart',
  InferenceComponent: 'it has no local counterpart',
  Lineage: 'it has no local counterpart',
  BedrockCustomModel: 'it has no local counterpart',
  BedrockCustomModelDeployment: 'it has no local counterpart',
  BedrockProvisionedModelThroughput: 'it has no local counterpart',
  BedrockModelImport: 'it has no local counterpart',
  Athena: 'there is no query engine on a laptop',
  Cleanup: 'the local account keeps what steps wrote',
  ForEach: 'it is not part of the pipeline language',
  HubContent: 'there is no model hub on a laptop',
  Job: 'it has no local counterpart',
};

const kinds: Readonly<Record<string, readonly ParameterType[]>> = {
  string: ['String'],
  number: ['Integer', 'Float'],
  boolean: ['Boolean'],
};
const spelled: Readonly<Record<string, string>> = {
  string: 'String',
  number: 'Integer',
  boolean: 'Boolean',
  list: 'List',
  map: 'Map',
  structure: 'Structure',
};

const executionVariables = [
  'PipelineExecutionId',
  'PipelineName',
  'PipelineArn',
  'PipelineExecutionArn',
  'StartDateTime',
  'CurrentDateTime',
  'TrainingJobName',
  'ProcessingJobName',
];

/** Everything that is wrong with a definition, in the service's words where they are known. */
export function problemsOf(definition: Definition, shapes: Shapes): string[] {
  const problems: string[] = [...parameterProblems(definition), ...nameProblems(definition)];
  const cycle = cycleIn(definition.steps);
  if (cycle !== undefined) problems.push(`Steps depend on each other in a circle: ${cycle.join(' -> ')}`);
  for (const step of definition.steps) {
    const complain = (problem: string): number => problems.push(`Step [${step.name}]: ${problem}`);
    if (!runnableTypes.includes(step.type)) {
      complain(
        `unknown type [${step.type}]; there are: ${[...runnableTypes, ...Object.keys(refusedTypes)].join(', ')}`,
      );
      continue;
    }
    for (const problem of referenceProblems(step, definition)) complain(problem);
    for (const problem of argumentProblems(step, definition, shapes)) complain(problem);
    for (const problem of checkStepProblems(step)) complain(problem);
  }
  return problems;
}

/** @throws Unsupported naming the first step this account cannot run; @throws ValidationException listing all problems. */
export function checkDefinition(definition: Definition, shapes: Shapes): void {
  for (const step of definition.steps) {
    const reason = refusedTypes[step.type];
    if (reason !== undefined) throw new Unsupported(`pipeline step type ${step.type} (step '${step.name}')`, reason);
    const part = unsupportedOfCheck(step);
    if (part !== undefined)
      throw new Unsupported(`${part} (step '${step.name}')`, 'the check is done by the open monitor');
  }
  const problems = problemsOf(definition, shapes);
  if (problems.length > 0) throw validation(`Unable to parse pipeline definition. ${problems.join('; ')}`);
}

function parameterProblems(definition: Definition): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  if (definition.parameters.length > 200)
    problems.push(`${definition.parameters.length} parameters; a pipeline has at most 200`);
  for (const each of definition.parameters) {
    if (!/^[A-Za-z0-9\-_]{1,256}$/.test(each.name))
      problems.push(`Parameter name '${each.name}' is not valid; use letters, digits, - and _`);
    if (seen.has(each.name)) problems.push(`Parameter [${each.name}] is defined twice`);
    seen.add(each.name);
    if (!['String', 'Integer', 'Float', 'Boolean'].includes(each.type))
      problems.push(
        `Parameter [${each.name}] has unknown type [${each.type}]; there are: String, Integer, Float, Boolean`,
      );
    else if (each.defaultValue !== undefined) {
      const read = readParameter(each, each.defaultValue);
      if ('problem' in read) problems.push(`default value: ${read.problem}`);
    }
  }
  return problems;
}

function nameProblems(definition: Definition): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  if (definition.steps.length > 50) problems.push(`${definition.steps.length} steps; a pipeline has at most 50`);
  for (const { name } of definition.steps) {
    if (!/^[A-Za-z0-9\-_]{1,64}$/.test(name))
      problems.push(`Step name '${name}' is not valid; use up to 64 letters, digits, - and _`);
    if (seen.has(name)) problems.push(`Step names must be unique: [${name}] occurs twice`);
    seen.add(name);
  }
  return problems;
}

/** Property files a step declares: name, the output it lies in, the path there. */
export function propertyFiles(
  step: StepDefinition,
): readonly { readonly name: string; readonly output: string; readonly path: string }[] {
  const files = step.raw['PropertyFiles'];
  return (Array.isArray(files) ? (files as readonly Json[]) : []).filter(isObject).map((each) => ({
    name: String(each['PropertyFileName']),
    output: String(each['OutputName']),
    path: String(each['FilePath']),
  }));
}

function referenceProblems(step: StepDefinition, definition: Definition): string[] {
  const byName = new Map(definition.steps.map((each) => [each.name, each]));
  const problems: string[] = [];
  for (const name of step.dependsOn) {
    const target = byName.get(name);
    if (target === undefined) problems.push(`DependsOn names step [${name}], which does not exist`);
    else if (!['Completed', 'Failed', 'Stopped', 'Any'].includes(step.triggers[name] ?? 'Completed'))
      problems.push(
        `DependsOn waits for step [${name}] to be '${step.triggers[name]}'; there are: Completed, Failed, Stopped, Any`,
      );
    else if (target.type === 'Fail') problems.push(`DependsOn names the Fail step [${name}]; nothing comes after it`);
  }
  const own =
    step.type === 'Condition' && isObject(step.arguments) ? (step.arguments['Conditions'] ?? []) : (step.raw as Json);
  for (const reference of references(own)) {
    if (reference.kind === 'parameter' && !definition.parameters.some((each) => each.name === reference.name))
      problems.push(`Unknown property reference [${reference.text}]: no such parameter`);
    if (reference.kind === 'execution' && !executionVariables.includes(reference.name))
      problems.push(`Unknown property reference [${reference.text}]; there are: ${executionVariables.join(', ')}`);
    if (reference.kind !== 'step') continue;
    const target = byName.get(reference.step);
    if (target === undefined) problems.push(`Unknown property reference [${reference.text}]: no such step`);
    else if (reference.path[0] === 'PropertyFiles') {
      const files = propertyFiles(target).map((each) => each.name);
      if (!files.includes(String(reference.path[1])))
        problems.push(
          `property file [${String(reference.path[1])}] is not declared by step [${target.name}], which declares: ${files.join(', ') || 'none'}`,
        );
      if (reference.path.length > 2)
        problems.push(`Unknown property reference [${reference.text}]; read a property file with Std:JsonGet`);
    }
  }
  return problems;
}

function argumentProblems(step: StepDefinition, definition: Definition, shapes: Shapes): string[] {
  if (step.type === 'Condition') {
    const conditions = isObject(step.arguments) ? step.arguments['Conditions'] : undefined;
    return Array.isArray(conditions) && conditions.length > 0
      ? (conditions as readonly Json[]).flatMap(conditionProblems)
      : ["a Condition step needs a list 'Conditions' with at least one"];
  }
  if (step.type === 'Lambda') return step.raw['FunctionArn'] === undefined ? ["a Lambda step needs 'FunctionArn'"] : [];
  if (step.type === 'Callback')
    return step.raw['SqsQueueUrl'] === undefined ? ["a Callback step needs 'SqsQueueUrl'"] : [];
  const shape = stepShapes[step.type];
  if (shape === undefined) return [];
  return shapes.problems(shape.operation, step.arguments, {
    optional: shape.own,
    isExpression: (value) => expressionKind(value as Json) !== undefined,
    checkExpression: (value, expected) => typeProblem(value, expected, definition),
  });
}

/** The service assigns a parameter only where an argument has its very type. */
function typeProblem(value: Body, expected: string, definition: Definition): string | undefined {
  const text = (value as JsonObject)['Get'];
  if (typeof text !== 'string') return undefined;
  let name: string;
  try {
    const reference = parseReference(text);
    if (reference.kind !== 'parameter') return undefined;
    name = reference.name;
  } catch (error) {
    return (error as Error).message;
  }
  const parameter = definition.parameters.find((each) => each.name === name);
  if (parameter === undefined || kinds[expected] === undefined || kinds[expected].includes(parameter.type))
    return undefined;
  const hint = expected === 'string' ? '; wrap it in Std:Join' : '';
  return `Cannot assign property reference [${text}] to argument of type [${spelled[expected] ?? expected}]: the parameter is of type [${parameter.type}]${hint}`;
}

function conditionProblems(condition: Json): string[] {
  if (!isObject(condition)) return [`a condition is an object with a 'Type', not ${JSON.stringify(condition)}`];
  const type = String(condition['Type']);
  if (!conditionTypes.includes(type))
    return [`unknown condition type [${type}]; there are: ${conditionTypes.join(', ')}`];
  const members =
    type === 'In'
      ? ['QueryValue', 'Values']
      : type === 'Not'
        ? ['Condition']
        : type === 'Or'
          ? ['Conditions']
          : ['LeftValue', 'RightValue'];
  const missing = members.filter((each) => condition[each] === undefined);
  if (missing.length > 0) return [`condition ${type} lacks ${missing.join(', ')}`];
  if (type === 'Not') return conditionProblems(condition['Condition'] as Json);
  if (type === 'Or') return (condition['Conditions'] as readonly Json[]).flatMap(conditionProblems);
  return [];
}
