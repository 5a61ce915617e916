import { join, resolve } from 'node:path';

/** Where things are on this machine. */
export interface Project {
  /** The checkout. */
  readonly root: string;
  /** Everything that commands write: .mooring in the checkout. */
  readonly work: string;
  /** State of the local account. */
  readonly state: string;
  /** The synthesized assembly. */
  readonly assembly: string;
  readonly python: string;
}

/** @param state folder of the account's state; default `.mooring/account`, or MOORING_STATE. */
export function findProject(state?: string, env: Readonly<Record<string, string | undefined>> = process.env): Project {
  const root = resolve(env['MOORING_ROOT'] ?? process.env.MOORING_ROOT ?? process.cwd());
  const work = join(root, '.mooring');
  const bin = process.platform === 'win32' ? join('Scripts', 'python.exe') : join('bin', 'python');
  return {
    root,
    work,
    state: resolve(state ?? env['MOORING_STATE'] ?? join(work, 'account')),
    assembly: join(work, 'cdk.out'),
    python: join(root, '.venv', bin),
  };
}
