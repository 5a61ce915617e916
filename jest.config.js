/** @type {import('jest').Config} */
const base = {
  transform: { '^.+\\.ts$': '<rootDir>/test/support/esbuild-transform.cjs' },
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/support/plain-output.js'],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.mooring', '<rootDir>/.venv', '<rootDir>/.venvs'],
};

/**
 * `npm test` runs every project but the long ones, which have scripts of their own (see scripts/lib/suites.mjs).
 */
module.exports = {
  maxWorkers: 2,
  testTimeout: 60_000,
  projects: ['unit', 'dsl', 'stacks', 'nag', 'local', 'loop', 'sdk', 'browser', 'soak', 'calm', 'truth'].map(
    (name) => ({
      ...base,
      displayName: name,
      testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
    }),
  ),
};
