import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rulesOf } from '../../../tools/lint/boundaries';
import { problemsOf } from '../../../tools/lint/check-boundaries';
import { root } from '../../support/app';

const packages = ['local-account', 'pipeline-language', 'use-case'];
const account = 'packages/local-account/src';

/** What every file of the small checkout below may import, by its path. */
const right: Readonly<Record<string, string>> = {
  'bin/app.ts': `import '../lib/one/stack'; import '../cli/program';`,
  'cli/program.ts': `import '../contracts/names'; import '@mooring/local-account'; import '@mooring/use-case/errors';`,
  'contracts/names.ts': `import '@mooring/use-case/duration';`,
  'lambda/shared/clock.ts': '',
  'lambda/deploy/handler.ts': `import '../shared/clock'; import '../../contracts/names';`,
  'lambda/notify/handler.ts': '',
  'lib/one/stack.ts': `import 'aws-cdk-lib'; import '../../pipeline-defs/standard/pipeline';`,
  'pipeline-defs/standard/pipeline.ts': `import '@mooring/pipeline-language';`,
  'packages/pipeline-language/src/index.ts': `import './check/index';`,
  'packages/pipeline-language/src/check/index.ts': '',
  'packages/use-case/src/errors.ts': '',
  'packages/use-case/src/duration.ts': `import 'zod'; import './errors';`,
  'packages/use-case/src/inside.ts': '',
  'packages/use-case/test/errors.test.ts': `import '../src/inside'; import 'jest';`,
  [`${account}/index.ts`]: `import './services/sts/service';`,
  [`${account}/cloudformation/stack.ts`]: '',
  [`${account}/services/iam/index.ts`]: `import './directory';`,
  [`${account}/services/iam/directory.ts`]: '',
  [`${account}/services/shared/tags.ts`]: '',
  [`${account}/services/sts/service.ts`]: `import '../iam'; import '../shared/tags';`,
  'bench/load.ts': '',
  'tools/generate.ts': `import '../lib/one/stack'; import '@mooring/use-case/src/inside';`,
  'test/one.test.ts': `import '../lambda/deploy/handler'; import '@mooring/use-case/src/inside';`,
};

/** One wrong import for each rule: the file that has it, and what it adds. */
const wrong: Readonly<Record<string, readonly [file: string, text: string]>> = {
  'no-file-cycle': ['packages/use-case/src/errors.ts', `import './duration';`],
  'bin-imports': ['bin/app.ts', `import '@mooring/pipeline-language';`],
  'lib-imports': ['lib/one/stack.ts', `import '../../lambda/shared/clock';`],
  'lambda-imports': ['lambda/deploy/handler.ts', `import '../../lib/two/stack';`],
  'standard-imports': ['pipeline-defs/standard/pipeline.ts', `import '../../cli/program';`],
  'use-cases-imports': ['pipeline-defs/rain/pipeline.ts', `import '../../lib/two/stack';`],
  'cli-imports': ['cli/program.ts', `import '../lib/two/stack';`],
  'contracts-imports': ['contracts/names.ts', `import '@mooring/pipeline-language';`],
  'pipeline-language-imports': ['packages/pipeline-language/src/index.ts', `import '@mooring/use-case/errors';`],
  'use-case-imports': ['packages/use-case/src/inside.ts', `import '../../../contracts/other';`],
  'local-account-imports': [`${account}/index.ts`, `import '@mooring/use-case/errors';`],
  'no-cdk': ['lambda/notify/handler.ts', `import 'constructs';`],
  'functions-apart': ['lambda/notify/handler.ts', `import '../deploy/handler';`],
  'not-to-tools-or-test': ['contracts/other.ts', `import '../tools/generate';`],
  'package-tests-apart': ['packages/use-case/test/errors.test.ts', `import '../../../test/support/helper';`],
  'use-case-published': ['cli/other.ts', `import '@mooring/use-case/src/inside';`],
  'local-account-published': ['cli/other.ts', `import '@mooring/local-account/src/services/iam/directory';`],
  'pipeline-language-published': ['lib/two/stack.ts', `import '../../packages/pipeline-language/test/example';`],
  'packages-by-name': ['cli/other.ts', `import '../packages/use-case/src/errors';`],
  'named-in-manifest': ['packages/pipeline-language/src/index.ts', `import 'zod';`],
  'no-dev-dependency': ['packages/use-case/src/inside.ts', `import 'jest';`],
  resolvable: ['contracts/other.ts', `import './absent';`],
  'service-interface': [`${account}/services/sts/service.ts`, `import '../iam/directory';`],
  'services-by-registration': [`${account}/cloudformation/stack.ts`, `import '../services/iam';`],
  'lib-runs-nothing': ['lib/two/stack.ts', `import 'node:child_process';`],
};

/** Files that only the wrong imports need. */
const more = ['lib/two/stack.ts', 'cli/other.ts', 'contracts/other.ts', 'pipeline-defs/rain/pipeline.ts'];

describe('a small checkout with the rules of this one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-boundaries-'));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${text}\nexport {};\n`);
  };
  const json = (file: string, value: unknown): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), JSON.stringify(value));
  };

  beforeAll(() => {
    writeFileSync(
      join(folder, '.dependency-cruiser.cjs'),
      `module.exports = require(${JSON.stringify(join(root, '.dependency-cruiser.cjs'))});`,
    );
    writeFileSync(join(folder, 'tsconfig.json'), readFileSync(join(root, 'tsconfig.json')));
    const names = packages.map((name) => `@mooring/${name}`);
    json('package.json', {
      workspaces: packages.map((name) => `packages/${name}`),
      dependencies: Object.fromEntries([...names, 'aws-cdk-lib', 'constructs'].map((name) => [name, '1.0.0'])),
    });
    for (const name of packages) {
      const { exports } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest;
      const own = name === 'use-case' ? { dependencies: { zod: '1.0.0' }, devDependencies: { jest: '1.0.0' } } : {};
      mkdirSync(join(folder, 'node_modules/@mooring'), { recursive: true });
      symlinkSync(join(folder, 'packages', name), join(folder, 'node_modules/@mooring', name));
      json(`packages/${name}/package.json`, { name: `@mooring/${name}`, version: '1.0.0', exports, ...own });
    }
    for (const name of ['aws-cdk-lib', 'constructs', 'zod', 'jest']) {
      json(`node_modules/${name}/package.json`, { name, version: '1.0.0', main: 'index.js' });
      writeFileSync(join(folder, 'node_modules', name, 'index.js'), '');
    }
    for (const file of [...more, 'test/support/helper.ts', 'packages/pipeline-language/test/example.ts'])
      write(file, '');
    for (const [file, text] of Object.entries(right)) write(file, text);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('has no problem while every import is right', () => {
    expect(problemsOf(folder, [])).toEqual([]);
  });

  test('has one for each rule when each is broken once', () => {
    const added = new Map<string, string[]>();
    for (const [file, text] of Object.values(wrong)) added.set(file, [...(added.get(file) ?? []), text]);
    for (const [file, texts] of added) write(file, [right[file] ?? '', ...texts].join('\n'));
    const broken = new Set(problemsOf(folder, []).map((problem) => problem.split(':')[0]));
    expect([...broken].filter((name) => name !== 'no-folder-cycle').sort()).toEqual(Object.keys(wrong).sort());
  });

  test('breaks a rule that a wrong import above shows, whatever the rule', () => {
    const published = Object.fromEntries(packages.map((name) => [name, []]));
    expect(
      rulesOf(published)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(Object.keys(wrong).sort());
  });
});

interface Manifest {
  readonly exports: unknown;
}
