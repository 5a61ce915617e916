// `npm run generate`: runs every generator of this folder. Tests fail when what they write is out of date.
// image-registry.mjs is not among them: it reads tables of the SageMaker Python SDK, which are not part of the repository.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNodeModules, root, runMain } from '../../bin/setup/install.mjs';

await runMain(() => {
  ensureNodeModules();
  const loader = join(root, 'bin/typescript.cjs');
  const folder = join(root, 'tools/generate');
  const generators = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  const failed = generators.filter((file) => {
    const { status } = spawnSync(process.execPath, ['--require', loader, join(folder, file)], {
      cwd: root,
      stdio: 'inherit',
    });
    process.stderr.write(`  ${status === 0 ? 'ok    ' : 'FAILED'} ${file}\n`);
    return status !== 0;
  });
  const prettier = join(root, 'node_modules/prettier/bin/prettier.cjs');
  const schemas = ['contracts/records/*.schema.json', 'packages/use-case/src/*.schema.json'];
  const formatted = spawnSync(process.execPath, [prettier, '--write', '--log-level', 'warn', ...schemas], {
    cwd: root,
    stdio: 'inherit',
  });
  return failed.length === 0 && formatted.status === 0 ? 0 : 1;
});
