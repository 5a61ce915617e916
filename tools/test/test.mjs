// `npm test [-- SUITE | PATH | NAME ...]`: installs what is missing and runs suites (default: quick), or just some tests.
import { root, runMain, SetupError } from '../../bin/setup/install.mjs';
import { fromRoot, repositoryFiles, testsOf } from './selection.mjs';
import { runSuites, runTests, suites } from './suites.mjs';

await runMain(async () => {
  const wanted = process.argv.slice(2);
  const names = wanted.length === 0 ? ['quick'] : wanted.includes('all') ? Object.keys(suites) : wanted;
  const { passed, failed, skipped } = names.every((name) => suites[name] !== undefined)
    ? await runSuites(names)
    : await runTests(selected(wanted));
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? 0 : 1;
});

/** The tests that paths and names mean. Refuses a name that means none, and names of suites among paths. */
function selected(wanted) {
  const mixed = wanted.filter((name) => suites[name] !== undefined);
  if (mixed.length > 0)
    throw new SetupError(`'${mixed.join("', '")}' is a suite: run suites and single tests one after the other`);
  const files = repositoryFiles(root);
  const found = wanted.map((argument) => [argument, testsOf(fromRoot(root, argument), files)]);
  const none = found.filter(([, { jest, pytest }]) => jest.length + pytest.length === 0).map(([argument]) => argument);
  if (none.length > 0)
    throw new SetupError(
      `no suite and no test '${none.join("', '")}'. Suites: ${Object.keys(suites).join(', ')}, all. ` +
        'Tests: a file, a folder, a source file or part of a path.',
    );
  return {
    jest: found.flatMap(([, { jest }]) => jest),
    pytest: found.flatMap(([, { pytest }]) => pytest),
  };
}
