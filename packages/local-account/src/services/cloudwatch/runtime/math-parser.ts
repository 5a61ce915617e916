/** A metric math expression as a tree. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Expression[] };

/** Binding strengths, weakest first. */
const levels: readonly (readonly string[])[] = [
  ['OR'],
  ['AND'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
  ['^'],
];

/** Characters of an expression, by CloudWatch's model; and how deep it may nest, by our stack. */
const limits = { length: 2_048, depth: 100 } as const;

/** @throws Error with the position of what is wrong. */
export function parseExpression(source: string): Expression {
  return new ExpressionParser(source).parse();
}

class ExpressionParser {
  private readonly tokens: readonly { readonly text: string; readonly at: number }[];
  private position = 0;
  private depth = 0;

  constructor(private readonly source: string) {
    if (source.length > limits.length)
      throw new Error(`metric math must not have more than ${limits.length} characters; it has ${source.length}`);
    const end = source.trimEnd().length;
    const token =
      /\s*(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|[A-Za-z][A-Za-z0-9_]*|"[^"]*"|'[^']*'|&&|\|\||[<>=!]=|[-+*/%^()<>,[\]])/y;
    const found: { text: string; at: number }[] = [];
    while (token.lastIndex < end) {
      const at = token.lastIndex;
      const text = token.exec(source)?.[1];
      if (text === undefined) throw new Error(`metric math '${source}' has something unknown at ${at}`);
      found.push({ text: text === '&&' ? 'AND' : text === '||' ? 'OR' : text, at });
    }
    this.tokens = found;
  }

  parse(): Expression {
    const expression = this.level(0);
    if (this.position < this.tokens.length) throw this.unexpected();
    return expression;
  }

  private level(index: number): Expression {
    const operators = levels[index];
    if (operators === undefined) return this.unary();
    if (index === 0) this.deeper();
    let left = this.level(index + 1);
    for (let operator = this.peek().toUpperCase(); operators.includes(operator); operator = this.peek().toUpperCase()) {
      this.position += 1;
      left = { kind: 'binary', operator, left, right: this.level(index + 1) };
    }
    if (index === 0) this.depth -= 1;
    return left;
  }

  private deeper(): void {
    this.depth += 1;
    if (this.depth > limits.depth) throw new Error(`metric math must not nest deeper than ${limits.depth} levels`);
  }

  private unary(): Expression {
    if (!this.take('-')) return this.primary();
    return { kind: 'negate', operand: this.unary() };
  }

  private primary(): Expression {
    const text = this.peek();
    if (this.take('(')) {
      const inner = this.level(0);
      if (!this.take(')')) throw this.unexpected();
      return inner;
    }
    if (this.take('[')) return { kind: 'call', name: 'ARRAY', operands: this.operands(']') };
    if (/^["']/.test(text)) {
      this.position += 1;
      return { kind: 'text', value: text.slice(1, -1) };
    }
    if (/^\d/.test(text)) {
      this.position += 1;
      return { kind: 'number', value: Number(text) };
    }
    if (!/^[A-Za-z]/.test(text)) throw this.unexpected();
    this.position += 1;
    return this.take('(') ? { kind: 'call', name: text, operands: this.operands(')') } : { kind: 'name', name: text };
  }

  private operands(closing: string): readonly Expression[] {
    const found: Expression[] = [];
    if (this.take(closing)) return found;
    do found.push(this.level(0));
    while (this.take(','));
    if (!this.take(closing)) throw this.unexpected();
    return found;
  }

  private peek(): string {
    return this.tokens[this.position]?.text ?? '';
  }

  private take(text: string): boolean {
    if (this.peek() !== text) return false;
    this.position += 1;
    return true;
  }

  private unexpected(): Error {
    const token = this.tokens[this.position];
    return new Error(
      `metric math '${this.source}' is not valid: ${token === undefined ? 'it ends too early' : `'${token.text}' at ${token.at}`}`,
    );
  }
}
