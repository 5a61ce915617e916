import { isObject, PARAMETER_TYPES } from '../definition';
import type { Report } from './problem';
import { oneOf } from './problem';
import type { Subject } from './subject';

/** What SageMaker allows per pipeline. */
export const LIMITS = {
  steps: 50,
  parameters: 200,
  characters: 1_048_576,
  bytesInline: 100 * 1024,
  /** What a deploy-time token is taken to become: the ARN of a role with a generated name. */
  bytesOfToken: 120,
} as const;

const TOP = ['Version', 'Metadata', 'Parameters', 'PipelineExperimentConfig', 'MlflowConfig', 'Steps'];
const PARAMETER_KEYS = ['Name', 'Type', 'DefaultValue', 'EnumValues', 'Description'];
const PARAMETER_NAME = /^[A-Za-z0-9_-]{1,256}$/;

/** The outermost object, its size and its parameters. */
export function checkPipeline({ definition, graph }: Subject, report: Report): void {
  for (const key of Object.keys(definition)) {
    if (!TOP.includes(key))
      report({
        code: 'unknown-key',
        path: key,
        value: key,
        message: `a definition has no member ${key}`,
        allowed: oneOf(TOP),
      });
  }
  const { Version: version, Steps: steps, Parameters: parameters = [] } = definition;
  if (version !== '2020-12-01')
    report({
      code: 'not-allowed',
      path: 'Version',
      value: version,
      message: 'the version of the language is unknown',
      allowed: '2020-12-01',
    });
  if (!Array.isArray(steps) || steps.length === 0) {
    report({
      code: 'missing-key',
      path: 'Steps',
      value: steps,
      message: 'the pipeline has no steps',
      allowed: 'a list of at least one step',
    });
  }
  if (Array.isArray(parameters)) checkParameters(parameters, report);
  else
    report({
      code: 'wrong-type',
      path: 'Parameters',
      value: parameters,
      message: 'Parameters is not a list',
      allowed: 'a list',
    });
  if (graph.nodes.length > LIMITS.steps) {
    report({
      code: 'too-many-steps',
      path: 'Steps',
      value: graph.nodes.length,
      message: `the pipeline has ${graph.nodes.length} steps, those in branches included`,
      allowed: `at most ${LIMITS.steps}`,
    });
  }
  checkSize(definition, report);
}

function checkSize(definition: unknown, report: Report): void {
  const text = JSON.stringify(definition);
  const bytes = Buffer.byteLength(text);
  if (text.length > LIMITS.characters) {
    report({
      code: 'too-large',
      path: '',
      value: text.length,
      message: `the definition has ${text.length} characters`,
      allowed: `at most ${LIMITS.characters}`,
    });
  } else if (bytes >= LIMITS.bytesInline) {
    report({
      code: 'move-to-s3',
      path: '',
      value: bytes,
      message: `the definition has ${bytes} bytes and is passed as PipelineDefinitionS3Location`,
      allowed: `inline below ${LIMITS.bytesInline}`,
    });
  }
}

function checkParameters(parameters: readonly unknown[], report: Report): void {
  if (parameters.length > LIMITS.parameters) {
    report({
      code: 'too-many-parameters',
      path: 'Parameters',
      value: parameters.length,
      message: `the pipeline has ${parameters.length} parameters`,
      allowed: `at most ${LIMITS.parameters}`,
    });
  }
  const seen = new Set<unknown>();
  for (const [index, parameter] of parameters.entries()) {
    const path = `Parameters[${index}]`;
    if (!isObject(parameter)) {
      report({
        code: 'wrong-type',
        path,
        value: parameter,
        message: 'a parameter is an object',
        allowed: PARAMETER_KEYS.join(', '),
      });
      continue;
    }
    for (const key of Object.keys(parameter)) {
      if (!PARAMETER_KEYS.includes(key))
        report({
          code: 'unknown-key',
          path: `${path}.${key}`,
          value: key,
          message: `a parameter has no member ${key}`,
          allowed: oneOf(PARAMETER_KEYS),
        });
    }
    const { Name: name, Type: type } = parameter;
    if (typeof name !== 'string' || !PARAMETER_NAME.test(name)) {
      report({
        code: 'bad-name',
        path: `${path}.Name`,
        value: name,
        message: `parameter name ${JSON.stringify(name)} is not valid`,
        allowed: '1 to 256 of A-Z a-z 0-9 _ -',
      });
    } else if (seen.has(name)) {
      report({
        code: 'duplicate-name',
        path: `${path}.Name`,
        value: name,
        message: `parameter ${name} is declared twice`,
        allowed: 'each name once',
      });
    }
    seen.add(name);
    if (!PARAMETER_TYPES.some((known) => known === type)) {
      report({
        code: 'not-allowed',
        path: `${path}.Type`,
        value: type,
        message: `parameter ${String(name)} has no known type`,
        allowed: PARAMETER_TYPES.join(', '),
      });
    } else checkDefault(parameter, path, report);
  }
}

const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  String: (value) => typeof value === 'string',
  Integer: (value) => Number.isInteger(value),
  Float: (value) => typeof value === 'number',
  Boolean: (value) => typeof value === 'boolean',
};

function checkDefault(parameter: Record<string, unknown>, path: string, report: Report): void {
  const { Name: name, Type: type, DefaultValue: value, EnumValues: values } = parameter;
  if (value !== undefined && FITS[String(type)]?.(value) !== true) {
    report({
      code: 'bad-default',
      path: `${path}.DefaultValue`,
      value,
      message: `the default of parameter ${String(name)} is ${JSON.stringify(value)}`,
      allowed: `a value of type ${String(type)}`,
    });
  }
  if (values === undefined) return;
  if (
    type !== 'String' ||
    !Array.isArray(values) ||
    values.length === 0 ||
    !values.every((v) => typeof v === 'string')
  ) {
    report({
      code: 'wrong-type',
      path: `${path}.EnumValues`,
      value: values,
      message: `the values of parameter ${String(name)} are not a list of strings`,
      allowed: 'a list of strings on a String parameter',
    });
  } else if (value !== undefined && !(values as unknown[]).includes(value)) {
    report({
      code: 'bad-default',
      path: `${path}.DefaultValue`,
      value,
      message: `the default of parameter ${String(name)} is not among its values`,
      allowed: oneOf(values as string[]),
    });
  }
}
