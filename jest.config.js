const { base } = require('./test/support/jest-base.cjs');

/** Folders of each project. Those of `unit` and of the packages mirror the sources; the others walk through the whole product. */
const projects = {
  unit: [
    'test/bin',
    'test/cli',
    'test/contracts',
    'test/docs',
    'test/lambda',
    'test/lib',
    'test/pipeline-defs',
    'test/tools',
  ],
  'use-case': ['packages/use-case/test'],
  'pipeline-language': ['packages/pipeline-language/test'],
  'local-account': ['packages/local-account/test'],
  account: ['test/account'],
  nag: ['test/nag'],
  loop: ['test/loop'],
  sdk: ['test/sdk'],
  browser: ['test/browser'],
  soak: ['test/soak'],
  calm: ['test/calm'],
  withstand: ['test/withstand'],
  truth: ['test/truth'],
  packages: ['test/packages'],
};

/**
 * `npm test` runs every project but the long ones, which have scripts of their own (see tools/test/suites.mjs).
 */
module.exports = {
  maxWorkers: 2,
  testTimeout: 60_000,
  projects: Object.entries(projects).map(([displayName, folders]) => ({
    ...base,
    displayName,
    testMatch: folders.map((folder) => `<rootDir>/${folder}/**/*.test.ts`),
  })),
};
