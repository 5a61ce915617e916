// `npm start`: installs what is missing, then runs the tour of the whole loop on the local account.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureImagePython, ensureNodeModules, ensurePython, root, runMain } from '../bin/setup/install.mjs';

await runMain(() => {
  const started = Date.now();
  ensureNodeModules();
  ensurePython('main');
  // Processing steps run in an image of their own, with versions of their own.
  if (ensureImagePython('scikit-learn') === undefined)
    console.error("  no Python 3.12 was found: processing steps run with the training image's versions");
  const install = ((Date.now() - started) / 1000).toFixed(1);
  const result = spawnSync(
    process.execPath,
    [join(root, 'bin/mooring.js'), 'tour', '--install-seconds', install, ...process.argv.slice(2)],
    { stdio: 'inherit', cwd: root },
  );
  return result.status ?? 1;
});
