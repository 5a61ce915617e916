/**
 * Deployments under constant load: `node --require ./bin/typescript.cjs bench/deployments-under-load.ts [--deployments 20]
 * [--rate 30] [--connections 8]`.
 *
 * Versions are good, so not one request may fail: neither at the front door nor at the endpoint. The load comes from two
 * processes of autocannon. Ends with 1 when a request failed.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { failures, inOneLine } from '../test/support/under-load/load-tool';
import { deployUnderLoad } from '../test/support/under-load/deploy-under-load';

async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { deployments: { type: 'string' }, rate: { type: 'string' }, connections: { type: 'string' } },
  });
  const found = await deployUnderLoad({
    deployments: Number(values.deployments ?? 20),
    perSecond: Number(values.rate ?? 30),
    connections: Number(values.connections ?? 8),
    follow: (text) => console.log(text),
  });
  console.log(`${found.deployments} deployments in ${found.seconds.toFixed(0)} s, load ${loadavg()[0]?.toFixed(1)}`);
  console.log(`front door: ${inOneLine(found.door)}`);
  console.log(`endpoint:   ${inOneLine(found.endpoint)}`);
  return failures(found.door) + failures(found.endpoint) === 0 ? 0 : 1;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
