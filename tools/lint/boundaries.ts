/**
 * Who may import whom, in TypeScript. `.dependency-cruiser.cjs` makes rules of this file, `npm run lint` checks them, and
 * `npm run generate` writes the table of folders in docs/architecture.md from it.
 */

/** Names in `mayImport` are those of other rooms; `node_modules` are always allowed, as the manifests say. */
export interface Room {
  readonly name: string;
  /** As people write it. */
  readonly folder: string;
  readonly content: string;
  /** Regular expression of its files. */
  readonly path: string;
  readonly mayImport: readonly string[];
  /** More that it may not: libraries. */
  readonly noCdk?: boolean;
  readonly note?: string;
}

export const rooms: readonly Room[] = [
  {
    name: 'bin',
    folder: '`bin/`',
    content:
      '`app.ts` (CDK entry), `mooring.ts` (CLI entry; `mooring.js` bundles it with esbuild when sources changed), `typescript.cjs` (lets Node run TypeScript), `setup/` (installs what a command needs)',
    path: '^bin/',
    mayImport: ['lib', 'cli', 'contracts', 'use-case'],
  },
  {
    name: 'lib',
    folder: '`lib/`',
    content: 'stacks and constructs, one folder per concern; synthesizes and runs nothing',
    path: '^lib/',
    mayImport: ['contracts', 'standard', 'use-case', 'pipeline-language'],
  },
  {
    name: 'lambda',
    folder: '`lambda/<name>/handler.ts`',
    content: 'one function each, `lambda/shared/` for what two of them need; no function imports another',
    path: '^lambda/',
    mayImport: ['contracts', 'use-case'],
    noCdk: true,
  },
  {
    name: 'standard',
    folder: '`pipeline-defs/standard/`',
    content: 'the standard pipeline (`pipeline.ts`)',
    path: '^pipeline-defs/standard/',
    mayImport: ['contracts', 'use-case', 'pipeline-language'],
    noCdk: true,
  },
  {
    name: 'use-cases',
    folder: '`pipeline-defs/<use-case>/`',
    content: '`use-case.yaml`, `README.md`, optional `generator.py`, `pipeline.ts`, `steps/*.py`',
    path: '^pipeline-defs/(?!standard/)',
    mayImport: ['standard', 'contracts', 'use-case', 'pipeline-language'],
    noCdk: true,
  },
  {
    name: 'cli',
    folder: '`cli/`',
    content:
      'the `mooring` command by topic: `loop`, `release` (`release/build/` is what CodeBuild runs), `watch`, `data`, `account`; `shared/` for all of them; `stage-tests/`',
    path: '^cli/',
    mayImport: ['contracts', 'use-case', 'pipeline-language', 'local-account'],
    noCdk: true,
  },
  {
    name: 'contracts',
    folder: '`contracts/`',
    content: 'what several folders share: names, metric names, environment names, `events/`, `records/`',
    path: '^contracts/',
    mayImport: ['use-case'],
    noCdk: true,
  },
  {
    name: 'pipeline-language',
    folder: '`packages/pipeline-language/`',
    content: 'typed SageMaker pipelines and their checker; uses the AWS SDK for its types only',
    path: '^packages/pipeline-language/(src|bin)/',
    mayImport: [],
    noCdk: true,
  },
  {
    name: 'use-case',
    folder: '`packages/use-case/`',
    content: 'schema, checks and loader of `use-case.yaml`; `src/sections/` has a file per section',
    path: '^packages/use-case/(src|bin)/',
    mayImport: [],
    noCdk: true,
  },
  {
    name: 'local-account',
    folder: '`packages/local-account/`',
    content: 'the local account; reads `cdk.out` as files',
    path: '^packages/local-account/(src|bin)/',
    mayImport: [],
    noCdk: true,
  },
  {
    name: 'tools',
    folder: '`tools/`, `bench/`',
    content: 'what developers run: generators, goldens, lint, test runner, measurements',
    path: '^(tools|bench)/',
    mayImport: ['everything'],
  },
  {
    name: 'test',
    folder: '`test/`, `packages/*/test/`',
    content:
      'mirror the sources (jest projects `unit use-case pipeline-language local-account`); end-to-end: `account nag loop sdk browser soak calm withstand truth packages`; pytest: `python/*/tests`, `test/contracts`, `test/pipeline-defs`',
    path: '^(test|packages/[^/]+/test)/',
    mayImport: ['everything'],
    note: 'tests of a package import that package only',
  },
];

/** Packages of Python have rules of their own: `tool.importlinter` in pyproject.toml. */
export const pythonRooms: readonly (readonly [folder: string, content: string, mayImport: string])[] = [
  [
    '`python/mooring-monitor/`',
    'the open monitor, a Python package',
    'numpy, pandas, scipy, scikit-learn, pyarrow, boto3',
  ],
  [
    '`python/mooring-steps/`',
    'the steps of the standard pipeline, training and serving, a Python package',
    'numpy, pandas, scikit-learn, xgboost',
  ],
  ['`python/mooring-use-case/`', 'reads `use-case.json` for both of them', 'nothing'],
  ['`python/mooring-values/`', 'what a value means in files, requests, captures, labels and reports', 'numpy, pyarrow'],
];

/**
 * Folders that still import each other in a circle, each with the reason. A circle is one between folders beside each other; a
 * folder counts with everything below it.
 */
export const foldersInCircles: readonly { readonly folders: readonly string[]; readonly reason: string }[] = [
  {
    folders: ['packages/local-account/src/core', 'packages/local-account/src/server'],
    reason: "types only: a module's site is given the server's exchange and visitor",
  },
  {
    folders: [
      'packages/local-account/src/services/sagemaker/api',
      'packages/local-account/src/services/sagemaker/runtime',
    ],
    reason: 'jobs and endpoints still start their work themselves, and the work describes itself by their documents',
  },
  {
    folders: [
      'packages/local-account/src/services/sagemaker/runtime/hosting',
      'packages/local-account/src/services/sagemaker/runtime/jobs',
      'packages/local-account/src/services/sagemaker/runtime/pipelines',
    ],
    reason: 'transform jobs use the model server, hosts the job containers, and jobs the expressions of pipelines',
  },
];

/** Further rules, in the shape of dependency-cruiser. `$1` is what the first group of `from.path` matched. */
export interface Rule {
  readonly name: string;
  readonly comment: string;
  readonly severity: 'error';
  readonly from: Readonly<Record<string, unknown>>;
  readonly to: Readonly<Record<string, unknown>>;
}

const product = '^(bin|cli|contracts|lambda|lib|pipeline-defs)/|^packages/[^/]+/(src|bin)/';
const ours = '^(bin|bench|cli|contracts|lambda|lib|packages|pipeline-defs|test|tools)/';
const services = '^packages/local-account/src/services/';

const roomRule = (room: Room): Rule => ({
  name: `${room.name}-imports`,
  comment: `${room.folder} imports ${importsOf(room)} of ours`,
  severity: 'error',
  from: { path: room.path },
  to: {
    path: ours,
    pathNot: [room.path, ...rooms.filter(({ name }) => room.mayImport.includes(name)).map(({ path }) => path)],
  },
});

/** What the table says that a room may import. */
export const importsOf = ({ mayImport, note }: Room): string => {
  const names = mayImport[0] === 'everything' ? 'everything' : mayImport.map((name) => `\`${name}\``).join(', ');
  return [names === '' ? 'nothing' : names, ...(note === undefined ? [] : [note])].join('; ');
};

/** @param published files of each package that its manifest exports. */
export function rulesOf(published: Readonly<Record<string, readonly string[]>>): readonly Rule[] {
  return [
    { name: 'no-file-cycle', comment: 'no cycles between files', severity: 'error', from: {}, to: { circular: true } },
    ...rooms.filter(({ mayImport }) => mayImport[0] !== 'everything').map(roomRule),
    {
      name: 'no-cdk',
      comment: 'only lib and bin import the CDK',
      severity: 'error',
      from: {
        path: rooms
          .filter(({ noCdk }) => noCdk === true)
          .map(({ path }) => path)
          .join('|'),
      },
      to: { path: '^node_modules/(aws-cdk-lib|constructs)/' },
    },
    {
      name: 'functions-apart',
      comment: 'a function imports its own folder and lambda/shared of lambda',
      severity: 'error',
      from: { path: '^lambda/([^/]+)/' },
      to: { path: '^lambda/', pathNot: '^lambda/($1|shared)/' },
    },
    {
      name: 'not-to-tools-or-test',
      comment: 'nothing that the product runs imports tools, measurements or tests',
      severity: 'error',
      from: { path: product },
      to: { path: '^(tools|bench|test)/|^packages/[^/]+/test/' },
    },
    {
      name: 'package-tests-apart',
      comment: 'the tests of a package import that package only',
      severity: 'error',
      from: { path: '^packages/([^/]+)/test/' },
      to: { path: ours, pathNot: '^packages/$1/' },
    },
    ...Object.entries(published).map(([name, files]): Rule => ({
      name: `${name}-published`,
      comment: `what the product imports of ${name} is exported by its manifest`,
      severity: 'error',
      from: { path: product, pathNot: `^packages/${name}/` },
      to: { path: `^packages/${name}/`, pathNot: files.map((file) => `^packages/${name}/${file}$`) },
    })),
    {
      name: 'packages-by-name',
      comment: 'a package is imported by its name, never by a relative path',
      severity: 'error',
      from: { pathNot: '^packages/' },
      to: { path: '^packages/', dependencyTypesNot: ['aliased-workspace'] },
    },
    {
      name: 'named-in-manifest',
      comment: 'a package imports what its own manifest names',
      severity: 'error',
      from: { path: '^(bin|cli|contracts|lambda|lib|packages|pipeline-defs)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-dependency',
      comment: 'what the product runs is no devDependency',
      severity: 'error',
      // In a checkout, programs of the local account are bundled from their source.
      from: { path: product, pathNot: '^packages/local-account/bin/load\\.cjs$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      comment: 'every import leads to a file or a package',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'service-interface',
      comment: 'a service of the local account talks to another through that service’s index.ts (and services/shared)',
      severity: 'error',
      from: { path: `${services}([^/]+)/` },
      to: { path: services, pathNot: `${services}($1/|shared/|[^/]+/index\\.ts$)` },
    },
    {
      name: 'services-by-registration',
      comment: 'cloudformation, core and server know services by registration only',
      severity: 'error',
      from: { path: '^packages/local-account/src/(cloudformation|core|server)/' },
      to: { path: services },
    },
    {
      name: 'lib-runs-nothing',
      comment: 'lib starts no process but git, which says what is synthesized',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/config/source-version\\.ts$' },
      to: { path: '^(node:)?child_process$' },
    },
  ];
}
