// `npm start`: installs what is missing, then runs the tour of the whole loop on the local account.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureNodeModules, ensurePython, root, runMain } from '../bin/setup/install.mjs';

await runMain(() => {
  const started = Date.now();
  ensureNodeModules();
  ensurePython('main');
  const install = ((Date.now() - started) / 1000).toFixed(1);
  const result = spawnSync(
    process.execPath,
    [join(root, 'bin/mooring.js'), 'tour', '--install-seconds', install, ...process.argv.slice(2)],
    { stdio: 'inherit', cwd: root },
  );
  return result.status ?? 1;
});
