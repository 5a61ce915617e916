// Time of a synth by number of use cases: node bench/synth.mjs [--runs 5]
// Bounds (design, section 11): 3 s for six use cases, growing linearly. The template validator is left out, as in everyday
// commands (CDK_VALIDATION=false); `npm run lint` runs it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`--runs ${values.runs}: give a whole number of at least 1`);
  process.exit(2);
}
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
const useCases = readdirSync(join(root, 'pipeline-defs'))
  .filter((name) => existsSync(join(root, 'pipeline-defs', name, 'use-case.yaml')))
  .sort();

/** One synth in a fresh process, in milliseconds. */
function synth(count) {
  const outdir = mkdtempSync(join(tmpdir(), 'mooring-bench-'));
  const started = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--require', join(root, 'bin/typescript.cjs'), join(root, 'bin/app.ts')],
    {
      cwd: root,
      encoding: 'utf8',
      env: {
        ...process.env,
        CDK_OUTDIR: outdir,
        CDK_VALIDATION: 'false',
        CDK_CONTEXT_JSON: JSON.stringify({ ...context, useCases: useCases.slice(0, count).join(',') }),
      },
    },
  );
  const wall = performance.now() - started;
  rmSync(outdir, { recursive: true });
  if (status !== 0) throw new Error(`the synth of ${count} use cases failed:\n${stderr}`);
  return wall;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

synth(useCases.length);
console.log(`load ${loadavg()[0].toFixed(1)}, ${runs} runs each, fresh process, sources transformed before`);
console.log('use cases   median s   slowest s   s per use case above the first');
let first;
for (let count = 1; count <= useCases.length; count += 1) {
  const times = Array.from({ length: runs }, () => synth(count) / 1000);
  first ??= median(times);
  const more = count === 1 ? '-' : ((median(times) - first) / (count - 1)).toFixed(2);
  console.log(
    `${String(count).padStart(9)}${median(times).toFixed(2).padStart(11)}${Math.max(...times)
      .toFixed(2)
      .padStart(12)}${more.padStart(34)}`,
  );
}
