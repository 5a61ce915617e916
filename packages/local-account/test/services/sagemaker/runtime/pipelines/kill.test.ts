import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageFolder } from '../../../../../src/core/package-folder';
import { Laptop, processing, python } from '../../../../support/laptop';

/** Runs the account of a folder in a process of its own, which starts one pipeline and then waits to be killed. */
const program = (folder: string): string => `
const { Account } = require(${JSON.stringify(join(packageFolder(), 'bin/load.cjs'))}).load('account');
(async () => {
  const account = new Account({ folder: ${JSON.stringify(folder)}, python: ${JSON.stringify(python)}, env: process.env });
  await account.start();
  const { parts } = account;
  const { PipelineExecutionArn } = await parts.call('sagemaker', 'StartPipelineExecution', { PipelineName: 'long', ClientRequestToken: 'x'.repeat(32) }, parts.iam.administrator);
  console.log(PipelineExecutionArn);
})();
`;

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A killed child that nobody has waited for yet is still in the table.
    return !/^State:\s+Z/m.test(existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '');
  } catch {
    return false;
  }
};

async function until(what: () => boolean | Promise<boolean>, seconds = 90): Promise<void> {
  for (let waited = 0; !(await what()); waited += 0.1) {
    if (waited > seconds) throw new Error('it did not happen in time');
    await sleep(100);
  }
}

test('kill -9 in the middle of a step: its process ends, the execution is Failed, nothing acknowledged is lost', async () => {
  const laptop = await Laptop.start();
  let child: ChildProcess | undefined;
  try {
    await laptop.put('code/long.py', 'import os, time\nprint("pid", os.getpid(), flush=True)\ntime.sleep(300)\n');
    await laptop.pipeline('long', [{ Name: 'Long', Type: 'Processing', Arguments: processing(laptop, 'long.py') }]);
    await laptop.account.stop();

    child = spawn(process.execPath, ['-e', program(laptop.folder)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' },
    });
    let arn = '';
    child.stdout?.on('data', (chunk: Buffer) => (arn += chunk.toString()));
    await until(() => arn.endsWith('\n'));
    const jobs = join(laptop.folder, 'sagemaker', 'processing');
    const log = (): string => {
      const folder = existsSync(jobs) ? readdirSync(jobs)[0] : undefined;
      const file = join(jobs, folder ?? '-', 'log.txt');
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    };
    await until(() => log().includes('pid '));
    const pid = Number(/pid (\d+)/.exec(log())?.[1]);
    expect(alive(pid)).toBe(true);
    child.kill('SIGKILL');
    await until(() => !alive(pid), 10);

    await laptop.restart();
    const execution = await laptop.outcome(arn.trim());
    expect(execution.PipelineExecutionStatus).toBe('Failed');
    expect(execution.FailureReason).toContain('the local account was stopped while this ran');
    expect(execution.steps['Long']).toMatchObject({
      StepStatus: 'Failed',
      FailureReason: expect.stringContaining('InternalServerError') as string,
    });
  } finally {
    child?.kill('SIGKILL');
    await laptop.stop();
  }
}, 180_000);
