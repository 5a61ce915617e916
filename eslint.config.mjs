import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Import rules of docs/architecture.md: what a folder may not import, and why. */
const boundary = (files, patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});
const noCdk = { group: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs'], message: 'this folder never imports the CDK' };
const noLib = {
  group: ['**/lib/**', '**/../lib', '!**/shared/lib/**', '!autocannon/lib/**'],
  message: 'reads cdk.out and contracts/ only, never lib/',
};
const noTools = {
  group: ['**/tools/**', '**/test/**'],
  message: 'nothing that the product runs imports tools or tests',
};
const standAlone = {
  group: ['**/local-account/**', '**/cli/**', '**/lambda/**'],
  message: 'the packages and the contracts stand alone',
};

const partition =
  'ARNs name their partition: AWS::Partition in templates, the partition of the given ARN or region elsewhere';
/** An ARN of one partition, in product code: synthesizes and runs wrong in China and in GovCloud. */
const oneArnPartition = [
  'Literal[value=/arn:aws:/]',
  'TemplateElement[value.raw=/arn:aws:/]',
  'Literal[regex.pattern=/arn:aws:/]',
].map((selector) => ({ selector, message: partition }));
/** A pattern from outside can take longer than a life; see the module that may compile one. */
const foreignExpressions = [
  ':matches(NewExpression, CallExpression)[callee.name="RegExp"]:not([arguments.0.type="Literal"])',
  ':matches(NewExpression, CallExpression)[callee.property.name="RegExp"]',
].map((selector) => ({
  selector,
  message:
    'a regular expression that is no literal: write a literal, or use core/expression.ts, which limits the time it may take',
}));

/** JSON of a request may nest so deeply that whoever reads it runs out of stack. */
const foreignJson = {
  selector: 'CallExpression[callee.object.name="JSON"][callee.property.name="parse"]',
  message: 'JSON of a request: use parseJson of core/json.ts, which refuses what nests too deeply',
};

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'cdk.out/',
      '.mooring/',
      '.venv/',
      '.venvs/',
      'coverage/',
      '**/*.d.ts',
      'test/**/fixtures/**',
      'packages/*/test/goldens/**',
      'dist/',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        URLSearchParams: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        setImmediate: 'readonly',
        structuredClone: 'readonly',
        fetch: 'readonly',
        AbortController: 'readonly',
        TextDecoder: 'readonly',
        TextEncoder: 'readonly',
        performance: 'readonly',
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
    languageOptions: {
      sourceType: 'commonjs',
      globals: { module: 'writable', require: 'readonly', __dirname: 'readonly', __filename: 'readonly' },
    },
  },
  {
    files: ['{bin,cli,contracts,lambda,lib,pipeline-defs}/**/*.ts', 'packages/*/src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...foreignExpressions, ...oneArnPartition] },
  },
  {
    files: ['packages/local-account/src/services/*/api/**/*.ts', 'packages/local-account/src/server/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...foreignExpressions, ...oneArnPartition, foreignJson] },
  },
  boundary(['packages/pipeline-language/src/**/*.ts', 'contracts/**/*.ts'], [noCdk, noLib, noTools, standAlone]),
  boundary(
    ['packages/use-case/src/**/*.ts'],
    [noCdk, noLib, noTools, standAlone, { group: ['**/contracts/**'], message: 'the use case stands alone' }],
  ),
  boundary(
    ['packages/local-account/src/**/*.ts'],
    [
      noCdk,
      noLib,
      noTools,
      { group: ['**/cli/**'], message: 'the local account does not know the commands' },
      {
        group: ['**/lambda/**', '!**/lambda/{api,resources,runtime}/**', '!**/lambda/module'],
        message: 'the local account runs bundles, it never imports their source',
      },
    ],
  ),
  boundary(
    ['lambda/**/*.ts'],
    [
      noCdk,
      noLib,
      noTools,
      {
        group: ['**/local-account/**', '**/cli/**', '**/pipeline-defs/**', '**/pipeline-language/**'],
        message: 'a function imports contracts, its own folder and lambda/shared',
      },
    ],
  ),
  boundary(
    ['lib/**/*.ts'],
    [
      noTools,
      { group: ['**/local-account/**', '**/cli/**'], message: 'lib synthesizes; it does not know who runs the result' },
    ],
  ),
  boundary(
    ['cli/**/*.ts'],
    [noCdk, noLib, noTools, { group: ['**/lambda/**'], message: 'commands call functions, they never import them' }],
  ),
);
