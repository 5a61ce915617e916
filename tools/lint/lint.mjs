// `npm run lint`: eslint, prettier and the type checker for TypeScript; ruff and mypy for Python. All run; any failure fails.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNodeModules, ensurePython, root, runMain } from '../../bin/setup/install.mjs';

await runMain(() => {
  ensureNodeModules();
  const python = ensurePython('main');
  const node = (tool, ...args) => [process.execPath, [join(root, 'node_modules', tool), ...args]];
  const projects = readdirSync(join(root, 'python')).map((project) => `python/${project}/src`);
  const packages = [...projects, 'packages/local-account/python'].filter((folder) => existsSync(join(root, folder)));
  // cdk.json makes the template validator's errors fail a synth; everyday commands leave it out, because it costs more than the synth.
  const synth = (name, ...context) =>
    node('aws-cdk/bin/cdk', 'synth', '--quiet', '--no-notices', '--output', join(root, '.mooring', name), ...context);
  const checks = [
    ['TypeScript types', ...node('typescript/bin/tsc', '--noEmit', '-p', '.')],
    ['eslint', ...node('eslint/bin/eslint.js', '--max-warnings', '0', '.')],
    ['prettier', ...node('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '**/*.{ts,mjs,js,json}')],
    ['ruff', python, ['-m', 'ruff', 'check', '--quiet', '.']],
    ['ruff format', python, ['-m', 'ruff', 'format', '--check', '--quiet', '.']],
    ...packages.map((folder) => [`mypy ${folder}`, python, ['-m', 'mypy', '--no-error-summary', folder]]),
    ['TypeScript imports', process.execPath, ['--require', './bin/typescript.cjs', 'tools/lint/check-boundaries.ts']],
    ['Python imports', python, ['tools/lint/python_imports.py']],
    ['template rules', ...synth('lint-assembly')],
    ['template rules, release', ...synth('lint-release', '-c', 'release=release.yaml', '-c', 'useCases=credit-risk')],
  ];
  let failed = 0;
  for (const [name, command, args] of checks) {
    const started = Date.now();
    const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
    const good = result.status === 0;
    process.stderr.write(
      `  ${good ? 'ok    ' : 'FAILED'} ${name.padEnd(28)} ${((Date.now() - started) / 1000).toFixed(1)} s\n`,
    );
    if (!good) {
      failed += 1;
      process.stderr.write(`${result.stdout}${result.stderr}\n`);
    }
  }
  return failed === 0 ? 0 : 1;
});
