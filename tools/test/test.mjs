// `npm test [-- SUITE ...]`: installs what is missing and runs test suites (default: quick).
import { runMain, SetupError } from '../../bin/setup/install.mjs';
import { runSuites, suites } from './suites.mjs';

await runMain(async () => {
  const wanted = process.argv.slice(2);
  const names = wanted.length === 0 ? ['quick'] : wanted.includes('all') ? Object.keys(suites) : wanted;
  const unknown = names.filter((name) => suites[name] === undefined);
  if (unknown.length > 0)
    throw new SetupError(`no suite '${unknown.join("', '")}'; there are: ${Object.keys(suites).join(', ')}, all`);
  const { passed, failed, skipped } = await runSuites(names);
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? 0 : 1;
});
