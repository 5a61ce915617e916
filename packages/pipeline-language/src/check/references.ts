import { isObject } from '../definition';
import type { Node } from '../graph';
import { BRANCH_KEYS } from '../graph';
import type { Found } from '../reference';
import { findReferences } from '../reference';
import type { Problem, Report } from './problem';
import { oneOf } from './problem';
import { follow } from './property-type';
import type { Subject } from './subject';
import { listAt, namesAt } from './subject';

const VARIABLES = [
  'PipelineName',
  'PipelineArn',
  'PipelineExecutionId',
  'PipelineExecutionArn',
  'StartDateTime',
  'CurrentDateTime',
  'TrainingJobName',
  'ProcessingJobName',
];

/** Every reference of a step leads somewhere, and every expression can be read. */
export function checkReferences(node: Node, subject: Subject, report: Report): void {
  const { Arguments: body, ...members } = node.definition;
  const add = (problem: Omit<Problem, 'step'>): void => report({ ...problem, step: node.name });
  const at = `${node.path}.Arguments`;
  for (const found of [...findReferences(body, at, BRANCH_KEYS), ...findReferences(members, node.path)]) {
    checkReference(found, subject, add);
  }
  checkForms(body, at, BRANCH_KEYS, add);
  checkForms(members, node.path, [], add);
}

/** The experiment configuration may use parameters and execution variables. */
export function checkExperiment(subject: Subject, report: Report): void {
  for (const key of ['PipelineExperimentConfig', 'MlflowConfig']) {
    for (const found of findReferences(subject.definition[key], key)) checkReference(found, subject, report);
  }
}

function checkReference(found: Found, subject: Subject, add: Report): void {
  const { reference, path } = found;
  if (reference.kind === 'parameter' && !subject.parameters.has(reference.name)) {
    const known = [...subject.parameters.keys()];
    add({
      code: 'unknown-parameter',
      path,
      value: reference.name,
      message: `parameter ${reference.name} is not declared`,
      allowed: oneOf(known, reference.name),
    });
  } else if (reference.kind === 'execution' && !VARIABLES.includes(reference.name)) {
    add({
      code: 'unknown-variable',
      path,
      value: reference.name,
      message: `execution variable ${reference.name} is unknown`,
      allowed: VARIABLES.join(', '),
    });
  } else if (reference.kind === 'experiment' && !['ExperimentName', 'TrialName'].includes(reference.name)) {
    add({
      code: 'unknown-variable',
      path,
      value: reference.name,
      message: `experiment property ${reference.name} is unknown`,
      allowed: 'ExperimentName, TrialName',
    });
  } else if (reference.kind === 'unknown') {
    add({
      code: 'bad-expression',
      path,
      value: reference.text,
      message: `${JSON.stringify(reference.text)} refers to nothing`,
      allowed: 'Parameters.x, Steps.x.y, Execution.x, PipelineExperimentConfig.x',
    });
  } else if (reference.kind === 'step') checkStepReference(found, reference, subject, add);
}

function checkStepReference(
  { path, within }: Found,
  reference: { step: string; property: string },
  subject: Subject,
  add: Report,
): void {
  const step = subject.steps.get(reference.step);
  if (step === undefined) {
    add({
      code: 'unknown-step',
      path,
      value: reference.step,
      message: `step ${reference.step} is used but is not in the pipeline`,
      allowed: oneOf([...subject.steps.keys()], reference.step),
    });
    return;
  }
  const file = /^PropertyFiles\.(.+)$/.exec(reference.property)?.[1];
  if (file !== undefined) {
    const known = namesAt(listAt(step.definition, 'PropertyFiles'), 'PropertyFileName');
    if (within !== 'Std:JsonGet')
      add({
        code: 'bad-expression',
        path,
        value: `Steps.${step.name}.${reference.property}`,
        message: 'a property file is not a value',
        allowed: 'Std:JsonGet with PropertyFile and Path',
      });
    else if (!known.includes(file))
      add({
        code: 'unknown-property-file',
        path,
        value: file,
        message: `step ${step.name} declares no property file ${file}`,
        allowed: oneOf(known, file),
      });
    return;
  }
  if (reference.property === '' && step.type !== 'Fail') {
    add({
      code: 'bad-expression',
      path,
      value: `Steps.${step.name}`,
      message: 'a step is not a value',
      allowed: 'one of its properties',
    });
    return;
  }
  const lead = follow(step, reference.property);
  if (!('code' in lead)) return;
  const what = lead.code === 'unknown-output' ? 'output' : 'property';
  add({
    code: lead.code,
    path,
    value: lead.at,
    message: `step ${step.name} (${step.type}) has no ${what} ${lead.at}`,
    allowed: oneOf(lead.known, lead.at),
  });
}

/** Functions and Get with a body that SageMaker cannot read. */
function checkForms(value: unknown, path: string, skip: readonly string[], add: Report): void {
  if (Array.isArray(value)) return value.forEach((item, index) => checkForms(item, `${path}[${index}]`, [], add));
  if (!isObject(value)) return;
  const keys = Object.keys(value);
  const [only] = keys;
  const bad = (message: string, allowed: string): void =>
    add({ code: 'bad-expression', path, value, message, allowed });
  const strange = keys.find((key) => key.startsWith('Std:') && key !== 'Std:Join' && key !== 'Std:JsonGet');
  if (strange !== undefined) bad(`function ${strange} is unknown`, 'Std:Join, Std:JsonGet');
  else if (keys.length > 1 && keys.some((key) => key === 'Get' || key.startsWith('Std:')))
    bad('an expression stands alone', `only ${keys.find((key) => key === 'Get' || key.startsWith('Std:'))}`);
  else if (only === 'Get' && typeof value['Get'] !== 'string') bad('Get takes a path', 'a text such as Parameters.x');
  else if (only === 'Std:Join') checkJoin(value['Std:Join'], bad);
  else if (only === 'Std:JsonGet') checkJsonGet(value['Std:JsonGet'], bad);
  for (const key of keys) if (!skip.includes(key)) checkForms(value[key], `${path}.${key}`, [], add);
}

type Bad = (message: string, allowed: string) => void;

function checkJoin(body: unknown, bad: Bad): void {
  if (!isObject(body) || !Array.isArray(body['Values'])) bad('Std:Join has no Values', '{On: text, Values: list}');
  else if (body['On'] !== undefined && typeof body['On'] !== 'string') bad('On of Std:Join is not a text', 'a text');
  else if (Object.keys(body).some((key) => key !== 'On' && key !== 'Values'))
    bad(`Std:Join has no member ${Object.keys(body).join(', ')}`, 'On, Values');
}

function checkJsonGet(body: unknown, bad: Bad): void {
  const form = '{PropertyFile: {Get: Steps.x.PropertyFiles.y}, Path} or {S3Uri, Path}';
  if (!isObject(body)) return bad('Std:JsonGet is not an object', form);
  const { PropertyFile: file, S3Uri: uri, Path: jsonPath } = body;
  if ((file === undefined) === (uri === undefined)) return bad('Std:JsonGet reads one file', form);
  if (typeof jsonPath !== 'string' || jsonPath === '') return bad('Std:JsonGet has no Path', form);
  if (file !== undefined && !(isObject(file) && typeof file['Get'] === 'string'))
    return bad('PropertyFile of Std:JsonGet is not a Get', form);
  if (Object.keys(body).length !== 2) bad(`Std:JsonGet has members ${Object.keys(body).join(', ')}`, form);
}
