/**
 * Users in a process of their own: options as JSON in the only argument, what they saw as JSON on the standard output.
 * They ask, read the answer, think, and ask again, for a bounded time. Times are milliseconds.
 */
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';

const { url, headers, body, users, seconds, think, seed } = JSON.parse(process.argv[2]);
const { hostname, port, pathname } = new URL(url);
const agent = new Agent({ keepAlive: true, maxSockets: users });
const options = { hostname, port, path: pathname, method: 'POST', headers, agent };

let state = seed >>> 0;
/** mulberry32 */
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

/** One request: its time and what the front door says about it in Server-Timing. */
function ask() {
  const began = performance.now();
  return new Promise((done, fail) => {
    const call = request(options, (response) => {
      response.resume();
      response.on('error', fail);
      response.on('end', () => {
        if (response.statusCode !== 200) return fail(new Error(`status ${response.statusCode}`));
        const timing = response.headers['server-timing'] ?? '';
        const parts = [...timing.matchAll(/dur=([0-9.]+)/g)].map(([, duration]) => Number(duration));
        done({ total: performance.now() - began, parts });
      });
    });
    call.on('error', fail);
    call.end(body);
  });
}

const pause = () => new Promise((go) => setTimeout(go, -Math.log(1 - random()) * think * 1000));
const samples = [];
let failures = 0;
const end = performance.now() + seconds * 1000;

async function user() {
  for (await pause(); performance.now() < end; await pause()) {
    try {
      samples.push(await ask());
    } catch {
      failures += 1;
    }
  }
}

await Promise.all(Array.from({ length: users }, user));
agent.destroy();
process.stdout.write(JSON.stringify({ samples, failures, perSecond: samples.length / seconds }));
