import { isJsonPath, jsonPath } from '../../shared/json-path';
import { parseJson } from '../../../core/json';

/** Members of a target that say what it receives; at most one of the first three is set. */
export interface InputSettings {
  /** Constant JSON text. */
  readonly Input?: string;
  /** JSONPath of the part of the event that is handed on. */
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/** What predefined template variables stand for. */
export interface RuleFacts {
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly ingestionTime: string;
}

/** Problems of a target's input settings in EventBridge's words; empty when it is fine. */
export function inputProblems(settings: InputSettings): readonly string[] {
  const problems: string[] = [];
  const given = [settings.Input, settings.InputPath, settings.InputTransformer].filter((each) => each !== undefined);
  if (given.length > 1) problems.push('Only one of Input, InputPath, or InputTransformer must be provided');
  if (settings.InputPath !== undefined && !isJsonPath(settings.InputPath))
    problems.push(`Invalid InputPath: '${settings.InputPath}' is not a JSONPath`);
  if (settings.Input !== undefined && !isJson(settings.Input)) problems.push('Invalid Input: it is not JSON text');
  const paths = settings.InputTransformer?.InputPathsMap ?? {};
  for (const [name, path] of Object.entries(paths)) {
    if (!/^[A-Za-z0-9_-]+$/.test(name) || name.startsWith('AWS')) problems.push(`Invalid InputPathsMap key '${name}'`);
    if (!isJsonPath(path)) problems.push(`Invalid InputPathsMap: '${path}' of '${name}' is not a JSONPath`);
  }
  const template = settings.InputTransformer?.InputTemplate;
  for (const [, name = ''] of template?.matchAll(/<([A-Za-z0-9_.-]+)>/g) ?? [])
    if (!(name in paths) && !name.startsWith('aws.events.'))
      problems.push(`InputTemplate uses <${name}>, which InputPathsMap does not define`);
  return problems;
}

/**
 * The text a target receives for an event: the event itself, a constant, a part of it, or the filled template.
 *
 * In a template `<name>` stands for the JSON of its value where it is not quoted, and for the bare text inside quotes.
 * A variable whose path leads nowhere is an empty string there.
 */
export function targetInput(
  settings: InputSettings,
  event: Readonly<Record<string, unknown>>,
  rule: RuleFacts,
): string {
  if (settings.Input !== undefined) return settings.Input;
  if (settings.InputPath !== undefined) return JSON.stringify(jsonPath(settings.InputPath, event) ?? null);
  const transformer = settings.InputTransformer;
  if (transformer === undefined) return JSON.stringify(event);
  const { detail: _detail, ...withoutDetail } = event;
  const values: Readonly<Record<string, unknown>> = {
    'aws.events.rule-arn': rule.ruleArn,
    'aws.events.rule-name': rule.ruleName,
    'aws.events.event.ingestion-time': rule.ingestionTime,
    'aws.events.event': withoutDetail,
    'aws.events.event.json': event,
    ...Object.fromEntries(
      Object.entries(transformer.InputPathsMap ?? {}).map(([name, path]) => [name, jsonPath(path, event)]),
    ),
  };
  return fill(transformer.InputTemplate, values);
}

function fill(template: string, values: Readonly<Record<string, unknown>>): string {
  let quoted = false;
  let text = '';
  for (let at = 0; at < template.length; at += 1) {
    const character = template.charAt(at);
    const variable = character === '<' ? /^<([A-Za-z0-9_.-]+)>/.exec(template.slice(at)) : null;
    const name = variable?.[1];
    if (name !== undefined && name in values) {
      text += quoted ? inside(values[name]) : JSON.stringify(values[name] ?? '');
      at += name.length + 1;
      continue;
    }
    if (character === '\\') {
      text += character + template.charAt(at + 1);
      at += 1;
      continue;
    }
    if (character === '"') quoted = !quoted;
    text += character;
  }
  return text;
}

/** Text for a place between quotes, escaped so that the result stays JSON. */
function inside(value: unknown): string {
  const text = value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}
