// Lets one process at a time install: two commands in a fresh checkout would otherwise empty node_modules under each other.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Synchronous, because what it guards is. */
const sleep = (milliseconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Whether the process that took the lock is gone: it was killed in the middle. */
function isAbandoned(file) {
  try {
    return !isAlive(Number(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Runs `work` while holding the lock file; waits for another holder, and takes over from one that died.
 *
 * @param file path of the lock.
 * @param waiting called once when somebody else holds it.
 */
export function holding(file, work, waiting = () => undefined) {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; ;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned(file)) rmSync(file, { force: true });
    else {
      if (!told) waiting();
      told = true;
      sleep(200);
    }
  }
  try {
    return work();
  } finally {
    rmSync(file, { force: true });
  }
}
