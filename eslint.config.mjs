import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Import rules of docs/architecture.md: what a folder may not import, and why. */
const boundary = (files, patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});
const noCdk = { group: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs'], message: 'this folder never imports the CDK' };
const noLib = {
  group: ['**/lib/**', '**/../lib', '!**/shared/lib/**'],
  message: 'reads cdk.out and contracts/ only, never lib/',
};

const partition =
  'ARNs name their partition: AWS::Partition in templates, the partition of the given ARN or region elsewhere';
/** An ARN of one partition, in product code: synthesizes and runs wrong in China and in GovCloud. */
const oneArnPartition = [
  'Literal[value=/arn:aws:/]',
  'TemplateElement[value.raw=/arn:aws:/]',
  'Literal[regex.pattern=/arn:aws:/]',
].map((selector) => ({ selector, message: partition }));

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
      'test/**/goldens/**',
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
      globals: { module: 'writable', require: 'readonly', __dirname: 'readonly' },
    },
  },
  {
    files: [
      'bin/**/*.ts',
      'contracts/**/*.ts',
      'lambda/**/*.ts',
      'lib/**/*.ts',
      'pipeline-defs/**/*.ts',
      'scripts/**/*.{ts,mjs}',
    ],
    rules: { 'no-restricted-syntax': ['error', ...oneArnPartition] },
  },
  boundary(
    ['pipeline-defs/dsl/**/*.ts', 'contracts/**/*.ts'],
    [noCdk, noLib, { group: ['**/local/**', '**/lambda/**'], message: 'the language and the contracts stand alone' }],
  ),
  boundary(
    ['local/**/*.ts'],
    [
      noCdk,
      noLib,
      {
        group: ['**/lambda/**', '!**/services/lambda/**'],
        message: 'the local account runs bundles, it never imports their source',
      },
    ],
  ),
  boundary(
    ['lambda/**/*.ts'],
    [
      noCdk,
      noLib,
      {
        group: ['**/local/**', '**/pipeline-defs/**'],
        message: 'a function imports contracts, its own folder and lambda/shared',
      },
    ],
  ),
  boundary(
    ['lib/**/*.ts'],
    [{ group: ['**/local/**'], message: 'lib synthesizes; it does not know who runs the result' }],
  ),
);
