// `node --require ./bin/typescript.cjs tools/generate/language-reference.ts` writes the reference in docs/pipeline-language.md again, from the types and
// their comments.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { CODES, LIMITS, SHAPES_SOURCE } from '@mooring/pipeline-language';

const root = join(__dirname, '../..');
const entry = join(root, 'packages/pipeline-language/src/index.ts');
const page = join(root, 'docs/pipeline-language.md');
const BEGIN = '<!-- reference: written by tools/generate/language-reference.ts, do not edit -->';
const END = '<!-- end of the reference -->';

/** The parts of the page, by the files that they describe. */
const PARTS: readonly (readonly [title: string, files: readonly string[]])[] = [
  ['Values', ['expression', 'parameter', 'property-file', 'token']],
  ['Conditions', ['condition']],
  ['Short forms of arguments', ['job', 'shorthand']],
  ['The checker', ['check', 'file', 'table']],
  ['The pipeline', ['pipeline', 'graph', 'draw', 'selective-execution', 'render']],
];

interface Row {
  readonly name: string;
  readonly file: string;
  readonly step: boolean;
  readonly text: string;
  readonly members: readonly string[];
}

const oneLine = (parts: ts.SymbolDisplayPart[]): string =>
  ts.displayPartsToString(parts).replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();

class Reader {
  private readonly checker: ts.TypeChecker;
  private readonly exports: readonly ts.Symbol[];

  constructor() {
    const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
    const { options } = ts.parseJsonConfigFileContent({ ...(config.config as object), include: [] }, ts.sys, root);
    // Names and comments are all that is read, so the large types of the AWS SDK are left out.
    const light = { ...options, types: [], paths: { '@aws-sdk/*': [join(root, 'none/*')] } };
    const program = ts.createProgram([entry], light);
    this.checker = program.getTypeChecker();
    const source = program.getSourceFile(entry);
    const symbol = source && this.checker.getSymbolAtLocation(source);
    this.exports = symbol === undefined ? [] : this.checker.getExportsOfModule(symbol);
  }

  rows(): Row[] {
    return this.exports.flatMap((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(exported) : exported;
      const [node] = symbol.declarations ?? [];
      if (node === undefined) return [];
      const file = basename(node.getSourceFile().fileName, '.ts');
      const text = oneLine(symbol.getDocumentationComment(this.checker));
      const row = { name: symbol.name, file, step: false, text, members: [] };
      if (ts.isFunctionDeclaration(node)) return [{ ...row, name: this.call(symbol.name, node) }];
      if (ts.isVariableDeclaration(node)) return this.constant(row, node);
      if (ts.isClassDeclaration(node)) return this.class(row, node);
      return ts.isInterfaceDeclaration(node) && /Options$|Config$/.test(symbol.name)
        ? [{ ...row, members: this.members(node) }]
        : [];
    });
  }

  private call(name: string, node: ts.SignatureDeclaration): string {
    const names = node.parameters.map(
      (p) => `${p.dotDotDotToken ? '...' : ''}${ts.isIdentifier(p.name) ? p.name.text : '{...}'}`,
    );
    return `${name}(${names.join(', ')})`;
  }

  private constant(row: Row, node: ts.VariableDeclaration): Row[] {
    const value = node.initializer;
    if (value === undefined) return [];
    if (ts.isArrowFunction(value)) return [{ ...row, name: this.call(row.name, value) }];
    const object = ts.isAsExpression(value) ? value.expression : value;
    if (!ts.isObjectLiteralExpression(object) || !['execution', 'experiment'].includes(row.name)) return [];
    return [{ ...row, members: object.properties.map((p) => `\`${row.name}.${p.name?.getText() ?? ''}\``) }];
  }

  private class(row: Row, node: ts.ClassDeclaration): Row[] {
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected | ts.ModifierFlags.Static;
    const step = node.heritageClauses?.some((clause) => /Step\b|CallStep/.test(clause.getText())) ?? false;
    const shown = (member: ts.ClassElement): member is ts.MethodDeclaration | ts.AccessorDeclaration =>
      (ts.isMethodDeclaration(member) || ts.isGetAccessor(member)) &&
      (ts.getCombinedModifierFlags(member) & hidden) === 0;
    const base = node.heritageClauses?.flatMap((clause) => clause.types.map((type) => type.expression.getText())) ?? [];
    const inherited = base.includes('CallStep') ? ['`output(name)` a value that came back'] : [];
    const own = node.members
      .filter(shown)
      .filter((m) => !/^to[A-Z]/.test(m.name.getText()) || /Definition|Json|Text|Dot|Mermaid/.test(m.name.getText()));
    const members = own.map(
      (member) =>
        `\`${ts.isMethodDeclaration(member) ? this.call(member.name.getText(), member) : member.name.getText()}\` ${this.doc(member)}`,
    );
    return [{ ...row, step, members: [...members, ...inherited] }];
  }

  private members(node: ts.InterfaceDeclaration): string[] {
    return node.members.map((member) =>
      `\`${member.name?.getText() ?? ''}${member.questionToken ? '?' : ''}\` ${this.doc(member)}`.trim(),
    );
  }

  private doc(member: ts.ClassElement | ts.TypeElement): string {
    const symbol = member.name && this.checker.getSymbolAtLocation(member.name);
    const text = oneLine(symbol?.getDocumentationComment(this.checker) ?? []);
    const short = text.replace(/\.$/, '');
    return short.charAt(0).toLowerCase() + short.slice(1);
  }
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const listed = (row: Row): string => [row.text, row.members.join('; ')].filter((part) => part !== '').join(' ');

/** The reference as Markdown. */
export function reference(): string {
  const rows = new Reader().rows();
  const options = (name: string): Row[] => rows.filter((row) => row.name === name);
  const steps = rows.filter((row) => row.step);
  const parts = PARTS.map(([title, files]) => {
    const shown = rows.filter((row) => files.includes(row.file) && !row.step && !/Options$|Config$/.test(row.name));
    return `### ${title}\n\n${table(
      ['name', 'what'],
      shown.map((row) => [`\`${row.name}\``, listed(row)]),
    )}`;
  });
  const around = ['StepOptions', 'CacheableOptions', 'JobOptions', 'PipelineOptions'].flatMap(options);
  const sections = [
    `### Steps\n\n${table(
      ['class', 'what', 'leaves behind'],
      steps.map((row) => [`\`${row.name}\``, row.text, row.members.join('; ')]),
    )}`,
    `Every step has \`properties\`, typed like the answer of its Describe call, with \`.at(name)\` and \`.at(index)\` for lists.`,
    ...parts,
    `### Options\n\n${table(
      ['name', 'members'],
      around.map((row) => [`\`${row.name}\``, row.members.join('; ')]),
    )}`,
    `### Problems\n\nAt most ${LIMITS.steps} steps, ${LIMITS.parameters} parameters and ${LIMITS.characters} characters. Requests are held against ${SHAPES_SOURCE}.\n\n` +
      table(
        ['code', 'meaning'],
        Object.entries(CODES).map(([code, text]) => [`\`${code}\``, text]),
      ),
  ];
  return sections.join('\n\n');
}

/** The page with its reference replaced. */
export function withReference(text: string): string {
  const [before = '', rest = ''] = text.split(BEGIN);
  const after = rest.split(END)[1] ?? '\n';
  return `${before}${BEGIN}\n\n${reference()}\n\n${END}${after}`;
}

/** The page as it is. */
export const current = (): string => readFileSync(page, 'utf8');

if (require.main === module) writeFileSync(page, withReference(current()));
