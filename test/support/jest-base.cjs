// What all jest projects share: those of the repository and those of the packages, which also run in their own folder.
const { join } = require('node:path');

const root = join(__dirname, '../..');

/** @type {import('jest').Config} */
exports.base = {
  transform: { '^.+\\.ts$': join(__dirname, 'esbuild-transform.cjs') },
  testEnvironment: 'node',
  // Our packages are used from their sources, without a build.
  testEnvironmentOptions: { customExportConditions: ['mooring-source', 'node', 'node-addons'] },
  setupFiles: [join(__dirname, 'plain-output.js')],
  modulePathIgnorePatterns: ['cdk.out', '.mooring', '.venv', '.venvs'].map((folder) => join(root, folder)),
};

/** `npm test` in a package's folder. */
exports.ofPackage = (folder) => ({
  ...exports.base,
  rootDir: folder,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  maxWorkers: 2,
  testTimeout: 60_000,
});
