// Which test files `npm test -- ARGUMENT` means: a file, a folder, or part of a path. Plain Node, like all of the runner.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';

const isTest = (path) => /\.test\.ts$/.test(path) || /(^|\/)test_[^/]+\.py$/.test(path);

/**
 * The tests that an argument means, by runner.
 *
 * A source file means the tests of its name (`drift/detectors/psi.py` means `test_psi.py`), because tests mirror the tree.
 *
 * @param {string} argument a path below the root, or part of one.
 * @param {readonly string[]} files paths of the repository, relative to its root.
 * @returns {{jest: string[], pytest: string[]}} both empty when nothing fits.
 */
export function testsOf(argument, files) {
  const path = argument.split(sep).join('/').replace(/\/$/, '');
  const tests = files.filter(isTest);
  const within = (folder) => tests.filter((file) => file === folder || file.startsWith(`${folder}/`));
  const mirrored = mirrorsOf(path);
  const choices = [
    () => within(path),
    () => mirrored.flatMap(within),
    () => tests.filter((file) => mirrored.includes(withoutTest(file))),
    () => tests.filter((file) => nameOf(withoutTest(file)) === nameOf(withoutTest(path))),
    () => tests.filter((file) => file.includes(path)),
  ];
  let found = [];
  for (const choose of choices) {
    found = [...new Set(choose())];
    if (found.length > 0) break;
  }
  return { jest: found.filter((file) => file.endsWith('.ts')), pytest: found.filter((file) => file.endsWith('.py')) };
}

/** Where the tests of a source path are: beside `src` in a package, below `test` for the rest. */
function mirrorsOf(path) {
  const bare = path.replace(/\.(ts|py)$/, '');
  return [
    `test/${bare}`,
    bare.replace('/src/', '/test/'),
    bare.replace(/^(python\/[^/]+)\/src\/[^/]+/, '$1/tests'),
    bare.replace('/python/mooring_local', '/test/python'),
  ];
}

/** `a/psi.test.ts` and `a/test_psi.py` without what makes them tests, and any path without its ending. */
function withoutTest(path) {
  return path.replace(/(\.test)?\.(ts|py)$/, '').replace(/(^|\/)test_([^/]+)$/, '$1$2');
}

function nameOf(path) {
  return path.split('/').at(-1);
}

/** Paths of the repository: what git tracks and what it does not ignore. */
export function repositoryFiles(root) {
  const { stdout, status } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error('git ls-files failed: tests are found among the files that git knows');
  return stdout.split('\n').filter((file) => file !== '' && existsSync(resolve(root, file)));
}

/** An argument as people type it in some folder, relative to the root. */
export function fromRoot(root, argument, folder = process.env.INIT_CWD ?? process.cwd()) {
  const absolute = resolve(folder, argument);
  return existsSync(absolute) ? relative(root, absolute) : argument;
}
