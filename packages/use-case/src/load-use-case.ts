import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError } from 'yaml';
import { UserError } from './errors';
import { type UseCase, useCaseSchema } from './use-case';
import type { Complaint } from './use-case-checks';
import { useCaseProblems } from './use-case-problems';

/** The one change point of a use case, below `pipeline-defs/<use-case>/`. */
export const useCaseFile = 'use-case.yaml';

/** A use case and where it was read from. */
export interface LoadedUseCase {
  /** Folder with the YAML and, when it has any, the use case's own steps. */
  readonly folder: string;
  readonly useCase: UseCase;
}

/**
 * Reads and validates `use-case.yaml` of a folder.
 *
 * @throws UserError listing every problem with line, path, the value given and what is allowed.
 */
export function loadUseCase(folder: string): UseCase {
  const file = join(folder, useCaseFile);
  if (!existsSync(file))
    throw new UserError(`there is no ${file}; a use case is a folder with that file, see docs/architecture.md`);
  const lines = new LineCounter();
  const text = readFileSync(file, 'utf8');
  const document = parseDocument(text, { lineCounter: lines });
  const shown = relative(process.cwd(), file);
  if (document.errors.length > 0) {
    throw UserError.of(
      `${shown} is not valid YAML:`,
      document.errors.map((each) => yamlProblem(each, text)),
    );
  }
  keepAsWritten(document);
  const content: unknown = document.toJS();
  const problems = useCaseProblems(content);
  if (problems.length > 0) {
    const heading = `${shown} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:`;
    throw UserError.of(
      heading,
      problems.map((each) => sentence(each, document, lines)),
    );
  }
  return useCaseSchema.parse(content);
}

/**
 * Values of the data stay as they are written: YAML reads the codes 010 and 1e3 as the numbers 10 and 1000, which no row
 * would hold.
 */
function keepAsWritten(document: Document): void {
  const dataset = document.getIn(['dataset'], true);
  const columns = isMap(dataset) ? dataset.get('columns', true) : undefined;
  const facets = document.getIn(['fairness', 'facets'], true);
  const values = [
    ...(isSeq(columns) ? columns.items.map((each) => (isMap(each) ? each.get('categories', true) : undefined)) : []),
    ...(isSeq(facets) ? facets.items.map((each) => (isMap(each) ? each.get('disadvantaged', true) : undefined)) : []),
    ...['positive', 'negative'].map((key) => document.getIn(['dataset', key], true)),
    document.getIn(['dataset', 'read', 'missing'], true),
  ];
  for (const node of values.flatMap((each): unknown[] => (isSeq(each) ? each.items : [each])))
    if (
      isScalar(node) &&
      typeof node.value === 'number' &&
      node.source !== undefined &&
      String(node.value) !== node.source
    )
      node.value = node.source;
}

/**
 * All use cases below a folder (`pipeline-defs`), in the order of their names.
 *
 * @param only names to keep; default: all. Unknown names are refused.
 * @throws UserError with the problems of all files at once.
 */
export function loadUseCases(root: string, only: readonly string[] = []): LoadedUseCase[] {
  const folders = useCaseFolders(root);
  const names = folders.map((folder) => basename(folder));
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new UserError(`no use case ${unknown.map((each) => `'${each}'`).join(', ')}; there are: ${names.join(', ')}`);
  const wanted = folders.filter((folder) => only.length === 0 || only.includes(basename(folder)));
  const problems: string[] = [];
  const loaded = wanted.flatMap((folder) => {
    try {
      const useCase = loadUseCase(folder);
      if (useCase.name === basename(folder)) return [{ folder, useCase }];
      throw new UserError(
        `${relative(process.cwd(), join(folder, useCaseFile))}: name is '${useCase.name}' but the folder is '${basename(folder)}'; they must be the same, so that names stay unique`,
      );
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  if (problems.length > 0) throw new UserError(problems.join('\n'), problems);
  return loaded;
}

/** Folders below `root` that hold a use case, sorted. */
export function useCaseFolders(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, useCaseFile)))
    .map((entry) => join(root, entry.name))
    .sort();
}

function sentence({ path, message }: Complaint, document: Document, lines: LineCounter): string {
  const line = lineOf(path, document, lines);
  const place =
    path.length === 0
      ? 'the document'
      : path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');
  return `${place}${line === undefined ? '' : ` (line ${line})`}: ${message}`;
}

/** Line of a place, or of the nearest enclosing one that exists. */
function lineOf(path: readonly (string | number)[], document: Document, lines: LineCounter): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    const offset = node?.range?.[0];
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return undefined;
}

/** What the parser objects to, with the line it stumbled over; the mistake may be in the one before. */
function yamlProblem({ message, linePos }: YAMLError, text: string): string {
  const what = (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '');
  if (linePos === undefined) return what;
  const { line } = linePos[0];
  return `line ${line}: ${what}: ${JSON.stringify(text.split('\n')[line - 1] ?? '')}`;
}
