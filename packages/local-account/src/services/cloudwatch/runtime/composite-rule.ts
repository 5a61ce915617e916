import type { AlarmState } from './alarm-evaluation';

/** A composite alarm's rule, parsed. */
export type RuleNode =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'state'; readonly state: AlarmState; readonly alarm: string }
  | { readonly kind: 'not'; readonly operand: RuleNode }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly RuleNode[] };

/** CloudWatch's limits: characters of a rule, and its elements (alarms, TRUE, FALSE, parentheses). */
const limits = { length: 10_240, elements: 500 } as const;

const stateFunctions = new Set<string>(['ALARM', 'OK', 'INSUFFICIENT_DATA']);

interface Token {
  readonly text: string;
  readonly at: number;
  readonly quoted: boolean;
}

/**
 * Parses an AlarmRule: `ALARM(name-or-arn)`, `OK(...)`, `INSUFFICIENT_DATA(...)`, `TRUE`, `FALSE`, `NOT`, `AND`, `OR` and
 * parentheses. NOT binds closest, then AND, then OR. Names with spaces or parentheses are quoted.
 *
 * @throws Error with the position of what is wrong
 */
export function parseAlarmRule(text: string): RuleNode {
  if (text.length > limits.length)
    throw new Error(`AlarmRule must not have more than ${limits.length} characters; it has ${text.length}`);
  const parser = new RuleParser(tokens(text), text);
  return parser.parse();
}

/** Alarms the rule refers to (names or ARNs), each once, in order of appearance. */
export function referencedAlarms(rule: RuleNode): readonly string[] {
  return [...new Set(references(rule))];
}

/** Whether the rule holds; an alarm that does not exist is in no state. */
export function evaluateRule(rule: RuleNode, stateOf: (alarm: string) => AlarmState | undefined): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.value;
    case 'state':
      return stateOf(rule.alarm) === rule.state;
    case 'not':
      return !evaluateRule(rule.operand, stateOf);
    case 'and':
      return rule.operands.every((each) => evaluateRule(each, stateOf));
    case 'or':
      return rule.operands.some((each) => evaluateRule(each, stateOf));
  }
}

function references(rule: RuleNode): readonly string[] {
  if (rule.kind === 'state') return [rule.alarm];
  if (rule.kind === 'not') return references(rule.operand);
  return rule.kind === 'constant' ? [] : rule.operands.flatMap(references);
}

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  const end = text.trimEnd().length;
  const token = /\s*(?:"((?:[^"\\]|\\.)*)"|([()])|([^\s()"]+))/y;
  while (token.lastIndex < end) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new Error(`AlarmRule must not contain an unterminated quote (at ${at} of '${text}')`);
    const [, quoted, bracket, word] = match;
    found.push({ text: quoted?.replace(/\\(.)/g, '$1') ?? bracket ?? word ?? '', at, quoted: quoted !== undefined });
  }
  return found;
}

class RuleParser {
  private position = 0;
  private elements = 0;

  constructor(
    private readonly all: readonly Token[],
    private readonly source: string,
  ) {}

  parse(): RuleNode {
    const rule = this.or();
    if (this.position < this.all.length) throw this.unexpected('AND, OR or the end');
    return rule;
  }

  private or(): RuleNode {
    const operands = [this.and()];
    while (this.take('OR')) operands.push(this.and());
    return operands.length === 1 ? (operands[0] as RuleNode) : { kind: 'or', operands };
  }

  private and(): RuleNode {
    const operands = [this.unary()];
    while (this.take('AND')) operands.push(this.unary());
    return operands.length === 1 ? (operands[0] as RuleNode) : { kind: 'and', operands };
  }

  private unary(): RuleNode {
    if (this.take('NOT')) return { kind: 'not', operand: this.unary() };
    this.countElement();
    if (this.take('(')) {
      const rule = this.or();
      this.require(')');
      return rule;
    }
    if (this.take('TRUE')) return { kind: 'constant', value: true };
    if (this.take('FALSE')) return { kind: 'constant', value: false };
    const state = this.all[this.position];
    if (state === undefined || !stateFunctions.has(state.text.toUpperCase()))
      throw this.unexpected('ALARM(...), OK(...), INSUFFICIENT_DATA(...), TRUE, FALSE, NOT or (');
    this.position += 1;
    this.require('(');
    const name = this.all[this.position];
    if (name === undefined || (!name.quoted && (name.text === '(' || name.text === ')')))
      throw this.unexpected('the name or ARN of an alarm');
    this.position += 1;
    this.require(')');
    return { kind: 'state', state: state.text.toUpperCase() as AlarmState, alarm: name.text };
  }

  /** Also bounds how deep the parser goes. */
  private countElement(): void {
    this.elements += 1;
    if (this.elements > limits.elements)
      throw new Error(`AlarmRule must not have more than ${limits.elements} alarms, TRUE, FALSE and parentheses`);
  }

  private take(word: string): boolean {
    const token = this.all[this.position];
    if (token === undefined || token.quoted || token.text.toUpperCase() !== word) return false;
    this.position += 1;
    return true;
  }

  private require(word: string): void {
    if (!this.take(word)) throw this.unexpected(word);
  }

  private unexpected(expected: string): Error {
    const token = this.all[this.position];
    const found = token === undefined ? 'the end' : `'${token.text}' at ${token.at}`;
    return new Error(`AlarmRule '${this.source}' is not valid: found ${found}, expected ${expected}`);
  }
}
