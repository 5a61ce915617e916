// `node tools/goldens/run.mjs [shapes|pipelines]` writes again what was made from the SageMaker Python SDK:
// the shapes that the checker knows and the golden definitions. Both depend on requirements/sdk.txt alone.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensurePython, root, runMain } from '../../bin/setup/install.mjs';

const TARGETS = {
  shapes: ['shapes.py', join(root, 'packages/pipeline-language/src/check/shapes.json')],
  pipelines: ['make.py', join(root, 'packages/pipeline-language/test/goldens')],
};

await runMain(() => {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !(name in TARGETS));
  if (unknown !== undefined)
    throw new Error(`target ${unknown} is unknown: ${Object.keys(TARGETS).join(', ')} are known`);
  const python = ensurePython('sdk');
  for (const [name, [script, target]] of Object.entries(TARGETS)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const { status } = spawnSync(python, [join(root, 'tools/goldens', script), target], {
      stdio: 'inherit',
      cwd: root,
    });
    if (status !== 0) throw new Error(`${script} failed with status ${status}`);
    console.log(`${name}: ${target}`);
  }
});
