import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/app';

/** The interpreter with cfn-lint, policy-sentry and the newest botocore. */
const interpreter = join(root, '.venvs/truth/bin/python');

/**
 * Runs Python with what AWS wrote and returns what it printed.
 *
 * @param args of the interpreter
 * @param allowed exit codes that are answers; default: 0 alone
 * @throws Error when the environment is missing, or the program failed
 */
export function truthPython(
  args: readonly string[],
  allowed: (code: number) => boolean = (code) => code === 0,
): string {
  if (!existsSync(interpreter))
    throw new Error(`${interpreter} is not there; npm test -- truth makes it, as does node tools/python-env.mjs truth`);
  try {
    return execFileSync(interpreter, [...args], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: 'pipe' });
  } catch (error) {
    const { status, stdout, stderr } = error as { readonly status?: number; readonly stdout?: string; stderr?: string };
    if (typeof status === 'number' && allowed(status)) return stdout ?? '';
    throw new Error(`python ${args.join(' ').slice(0, 200)} ended with ${String(status)}: ${stderr ?? ''}`);
  }
}
