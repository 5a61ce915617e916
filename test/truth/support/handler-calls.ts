import { join } from 'node:path';
import { buildSync } from 'esbuild';
import ts from 'typescript';
import { root } from '../../support/app';

/** One AWS operation that code can call: its service as the SDK spells it, and its name. */
export interface SdkCall {
  readonly service: string;
  readonly operation: string;
}

/**
 * The operations that a function can call: what its bundle still imports from AWS's clients once everything unreachable
 * is shaken off.
 *
 * @param source TypeScript that is bundled instead of the handler, for tests of this.
 */
export function callsOfHandler(name: string, source?: string): readonly SdkCall[] {
  const key = source ?? name;
  const calls = read.get(key) ?? callsOf(name, source);
  read.set(key, calls);
  return calls;
}

const read = new Map<string, readonly SdkCall[]>();

function callsOf(name: string, source: string | undefined): readonly SdkCall[] {
  const { outputFiles } = buildSync({
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    write: false,
    treeShaking: true,
    conditions: ['mooring-source'],
    external: ['@aws-sdk/*', '@smithy/*'],
    logLevel: 'silent',
    ...(source === undefined
      ? { entryPoints: [join(root, 'lambda', name, 'handler.ts')] }
      : { stdin: { contents: source, resolveDir: root, loader: 'ts' } }),
  });
  return importedCommands(outputFiles[0]?.text ?? '');
}

/** Commands that the bundle imports and makes in code that something else mentions. */
function importedCommands(bundle: string): readonly SdkCall[] {
  const imported = new Map<string, SdkCall>();
  for (const [, names = '', service = ''] of bundle.matchAll(
    /import\s*\{([^}]*)\}\s*from\s*"@aws-sdk\/client-([^"]+)"/g,
  )) {
    for (const name of names.split(',').map((each) => each.trim())) {
      const [original = name, alias = original] = name.split(/\s+as\s+/);
      const operation = operationOf(original);
      if (operation !== undefined) imported.set(alias, { service, operation });
    }
  }
  const used = reachable(bundle, new Set(imported.keys()));
  const calls = [...imported].filter(([alias]) => used.has(alias)).map(([, call]) => call);
  const distinct = new Map(calls.map((call) => [`${call.service}:${call.operation}`, call]));
  return [...distinct.values()].sort((a, b) => (`${a.service}${a.operation}` < `${b.service}${b.operation}` ? -1 : 1));
}

/**
 * Of some imported names those that live code mentions. Esbuild shakes off functions but no methods: a name that only a
 * method mentions counts when the method's own name is mentioned outside of it.
 */
function reachable(bundle: string, names: ReadonlySet<string>): ReadonlySet<string> {
  const file = ts.createSourceFile('bundle.mjs', bundle, ts.ScriptTarget.ES2022, true);
  const mentions: { readonly name: string; readonly within: ts.MethodDeclaration | undefined }[] = [];
  const walk = (node: ts.Node, within: ts.MethodDeclaration | undefined): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isIdentifier(node) && !(ts.isMethodDeclaration(node.parent) && node.parent.name === node))
      mentions.push({ name: node.text, within });
    const inside = ts.isMethodDeclaration(node) && ts.isClassLike(node.parent) ? node : within;
    ts.forEachChild(node, (child) => walk(child, inside));
  };
  walk(file, undefined);
  const methodIsLive = (method: ts.MethodDeclaration): boolean =>
    mentions.some(({ name, within }) => name === method.name.getText(file) && within !== method);
  return new Set(
    mentions
      .filter(({ name, within }) => names.has(name) && (within === undefined || methodIsLive(within)))
      .map(({ name }) => name),
  );
}

/** Commands and paginators name their operation; waiters do not and are not expected. */
function operationOf(name: string): string | undefined {
  if (/^waitUntil/.test(name)) throw new Error(`${name}: say which operation this waiter calls`);
  return /^(\w+)Command$/.exec(name)?.[1] ?? /^paginate(\w+)$/.exec(name)?.[1];
}
