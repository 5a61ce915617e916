import { validation } from '../../../../../core/errors';
import type { Json } from '../../../../../core/service';
import type { Definition, ParameterDefinition } from './definition';

const readers: Readonly<Record<string, (text: string) => Json | undefined>> = {
  String: (text) => text,
  Integer: (text) => (/^[+-]?\d+$/.test(text.trim()) ? Number(text) : undefined),
  Float: (text) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined),
  Boolean: (text) => (/^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined),
};

/** A parameter's value in its type, or what is wrong with it. */
export function readParameter(
  parameter: ParameterDefinition,
  value: Json,
): { readonly value: Json } | { readonly problem: string } {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const read = readers[parameter.type]?.(text);
  if (read === undefined)
    return { problem: `Parameter [${parameter.name}] is of type [${parameter.type}]; '${text}' is not` };
  if (parameter.enumValues !== undefined && !parameter.enumValues.includes(text)) {
    return {
      problem: `Parameter [${parameter.name}] must be one of ${parameter.enumValues.join(', ')}, not '${text}'`,
    };
  }
  return { value: read };
}

/**
 * Values of an execution's parameters: what was given, else the defaults.
 *
 * @throws ValidationException listing every unknown name, missing value and wrong type.
 */
export function parameterValues(definition: Definition, given: ReadonlyMap<string, string>): ReadonlyMap<string, Json> {
  const problems: string[] = [];
  const names = definition.parameters.map((each) => each.name);
  const unknown = [...given.keys()].filter((name) => !names.includes(name));
  if (unknown.length > 0)
    problems.push(
      `Parameters [${unknown.join(', ')}] are not defined in the pipeline; it has: ${names.join(', ') || 'none'}`,
    );
  const values = new Map<string, Json>();
  const missing: string[] = [];
  for (const parameter of definition.parameters) {
    const source = given.get(parameter.name) ?? parameter.defaultValue;
    if (source === undefined) {
      missing.push(parameter.name);
      continue;
    }
    const read = readParameter(parameter, source);
    if ('problem' in read) problems.push(read.problem);
    else values.set(parameter.name, read.value);
  }
  if (missing.length > 0) problems.push(`Parameters [${missing.join(', ')}] have no default value and were not given`);
  if (problems.length > 0) throw validation(problems.join('; '));
  return values;
}
