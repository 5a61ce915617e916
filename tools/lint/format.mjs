// `npm run format`: prettier for TypeScript, JavaScript and JSON, ruff for Python. `npm run lint` checks the same files.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureNodeModules, ensurePython, root, runMain } from '../../bin/setup/install.mjs';

await runMain(() => {
  ensureNodeModules();
  const prettier = join(root, 'node_modules/prettier/bin/prettier.cjs');
  const formatters = [
    [process.execPath, [prettier, '--write', '--log-level', 'warn', '**/*.{ts,mjs,js,json}']],
    [ensurePython('main'), ['-m', 'ruff', 'format', '--quiet', '.']],
  ];
  const statuses = formatters.map(
    ([command, args]) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status,
  );
  return statuses.every((status) => status === 0) ? 0 : 1;
});
