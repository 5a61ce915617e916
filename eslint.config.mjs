import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** A cast that no check follows; `as T` alone says what is believed, and the compiler refuses what cannot be. */
const blindCasts = ['TSAsExpression > TSAsExpression > TSUnknownKeyword', 'TSAsExpression > TSNeverKeyword'].map(
  (selector) => ({
    selector,
    message: '`as unknown as` and `as never` switch the compiler off: give the value its type where it is made',
  }),
);

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
      '**/dist/',
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
    rules: { 'no-restricted-syntax': ['error', ...foreignExpressions, ...oneArnPartition, ...blindCasts] },
  },
  {
    files: ['packages/local-account/src/services/*/api/**/*.ts', 'packages/local-account/src/server/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...foreignExpressions, ...oneArnPartition, ...blindCasts, foreignJson] },
  },
);
