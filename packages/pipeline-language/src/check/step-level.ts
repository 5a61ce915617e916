import { FOREIGN_STEP_TYPES, isObject, STEP_TYPES } from '../definition';
import { DEBUGGER_KEYS } from '../debugger';
import type { Node } from '../graph';
import { ShapeCheck } from './arguments';
import { MEMBERS, REQUIRED_MEMBERS } from './own-shapes';
import { checkPolicies, POLICY_KEYS } from './policies';
import type { Report } from './problem';
import { oneOf } from './problem';
import { stepShape } from './shape';
import type { Subject } from './subject';
import { listAt, namesAt } from './subject';

const STEP_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const COMMON = ['Name', 'Type', 'DisplayName', 'Description', 'DependsOn', 'Arguments'];
const KNOWN: readonly string[] = STEP_TYPES;
const FOREIGN: readonly string[] = FOREIGN_STEP_TYPES;

/** Entries of the step lists that are no steps at all. */
export function checkEntries(steps: unknown, path: string, report: Report): void {
  if (!Array.isArray(steps)) return;
  for (const [index, step] of steps.entries()) {
    const at = `${path}[${index}]`;
    if (!isObject(step))
      report({ code: 'wrong-type', path: at, value: step, message: 'a step is an object', allowed: COMMON.join(', ') });
    else if (typeof step['Name'] !== 'string') {
      report({
        code: 'bad-name',
        path: `${at}.Name`,
        value: step['Name'],
        message: 'a step has no name',
        allowed: '1 to 64 of A-Z a-z 0-9 _ -',
      });
    }
    const body = isObject(step) ? step['Arguments'] : undefined;
    if (isObject(body))
      for (const key of ['IfSteps', 'ElseSteps', 'ForEachBody'])
        checkEntries(body[key], `${at}.Arguments.${key}`, report);
  }
}

/** One step by itself: name, type, members, request body. */
export function checkStep(node: Node, subject: Subject, report: Report): void {
  const { name, type, path, definition } = node;
  if (!STEP_NAME.test(name))
    report({
      code: 'bad-name',
      step: name,
      path: `${path}.Name`,
      value: name,
      message: `step name ${JSON.stringify(name)} is not valid`,
      allowed: '1 to 64 of A-Z a-z 0-9 _ -',
    });
  if (FOREIGN.includes(type)) return;
  if (!KNOWN.includes(type)) {
    report({
      code: 'unknown-step-type',
      step: name,
      path: `${path}.Type`,
      value: definition['Type'],
      message: `step type ${type} is unknown`,
      allowed: oneOf([...KNOWN, ...FOREIGN], type),
    });
    return;
  }
  const members = MEMBERS[type] ?? {};
  const allowed = [...COMMON, ...(POLICY_KEYS[type] ?? []), ...Object.keys(members)];
  const shapes = new ShapeCheck(subject, report, name);
  for (const [key, value] of Object.entries(definition)) {
    if (!allowed.includes(key))
      report({
        code: 'unknown-key',
        step: name,
        path: `${path}.${key}`,
        value: key,
        message: `a ${type} step has no member ${key}`,
        allowed: oneOf(allowed),
      });
    const shape = members[key];
    // The Python SDK writes null where a member is not set.
    if (shape !== undefined && value !== null) shapes.check(value, shape, `${path}.${key}`);
  }
  for (const key of ['DisplayName', 'Description']) {
    if (definition[key] !== undefined) shapes.check(definition[key], key, `${path}.${key}`);
  }
  for (const key of REQUIRED_MEMBERS[type] ?? []) {
    if (definition[key] === undefined || definition[key] === null)
      report({
        code: 'missing-key',
        step: name,
        path: `${path}.${key}`,
        message: `a ${type} step needs ${key}`,
        allowed: key,
      });
  }
  checkPolicies(node, report);
  checkBody(node, shapes, report);
  checkNamedLists(node, report);
  checkPropertyFiles(node, report);
}

/** Pairs of members of which SageMaker wants exactly one. */
const EITHER: Readonly<Record<string, readonly [string, string]>> = {
  Model: ['PrimaryContainer', 'Containers'],
  EMR: ['ClusterId', 'ClusterConfig'],
  EMRServerless: ['ApplicationId', 'ApplicationConfig'],
  Tuning: ['TrainingJobDefinition', 'TrainingJobDefinitions'],
};

function checkBody({ name, type, path, definition }: Node, shapes: ShapeCheck, report: Report): void {
  const body = definition['Arguments'];
  const at = `${path}.Arguments`;
  if (!isObject(body)) {
    report({
      code: body === undefined ? 'missing-key' : 'wrong-type',
      step: name,
      path: at,
      value: body,
      message: `step ${name} has no arguments`,
      allowed: 'an object',
    });
    return;
  }
  const debug = type === 'Training' ? DEBUGGER_KEYS.filter((key) => key in body) : [];
  for (const key of debug) {
    report({
      code: 'debugger-key',
      step: name,
      path: `${at}.${key}`,
      value: key,
      message: `${key} makes a new account refuse the job`,
      allowed: 'a training step without Debugger and Profiler',
    });
  }
  const shape = stepShape(type);
  if (shape !== undefined) shapes.check(body, shape.request, at, shape.given);
  const pair = EITHER[type];
  const present = pair?.filter((key) => key in body) ?? [];
  if (pair !== undefined && present.length !== 1) {
    report({
      code: present.length === 0 ? 'missing-key' : 'not-allowed',
      step: name,
      path: at,
      value: present,
      message: `a ${type} step needs ${pair.join(' or ')}`,
      allowed: 'exactly one of the two',
    });
  }
  if (type === 'RegisterModel' && !('ModelPackageGroupName' in body)) {
    report({
      code: 'missing-key',
      step: name,
      path: `${at}.ModelPackageGroupName`,
      message: 'a version needs the group it belongs to',
      allowed: 'the name of a model package group',
    });
  }
}

/** Lists of a step whose entries are told apart by a name. */
const NAMED_LISTS: readonly (readonly [keys: readonly string[], key: string])[] = [
  [['PropertyFiles'], 'PropertyFileName'],
  [['OutputParameters'], 'OutputName'],
  [['Arguments', 'ProcessingOutputConfig', 'Outputs'], 'OutputName'],
  [['Arguments', 'ProcessingInputs'], 'InputName'],
  [['Arguments', 'InputDataConfig'], 'ChannelName'],
];

function checkNamedLists({ name, path, definition }: Node, report: Report): void {
  for (const [keys, key] of NAMED_LISTS) {
    const names = namesAt(listAt(definition, ...keys), key);
    for (const [index, value] of names.entries()) {
      if (names.indexOf(value) === index) continue;
      const at = `${path}.${keys.join('.')}[${index}].${key}`;
      const message = `${value} is in ${keys.at(-1)} twice`;
      report({ code: 'duplicate-name', step: name, path: at, value, message, allowed: 'each name once' });
    }
  }
}

function checkPropertyFiles({ name, path, definition }: Node, report: Report): void {
  const outputs = namesAt(listAt(definition, 'Arguments', 'ProcessingOutputConfig', 'Outputs'), 'OutputName');
  for (const [index, file] of listAt(definition, 'PropertyFiles').entries()) {
    const { PropertyFileName: title, OutputName: output } = file;
    if (typeof output !== 'string' || outputs.includes(output)) continue;
    report({
      code: 'unknown-output',
      step: name,
      path: `${path}.PropertyFiles[${index}].OutputName`,
      value: output,
      message: `property file ${String(title)} lies in output ${output}, which step ${name} does not have`,
      allowed: oneOf(outputs, output),
    });
  }
}
