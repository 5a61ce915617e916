import { basename, dirname, join, resolve } from 'node:path';

/** Where things are on this machine. */
export interface Project {
  /** The checkout. */
  readonly root: string;
  /**
   * Everything that commands write: the folder that holds the state, .mooring in the checkout by default. A state folder
   * that is not called `account` has `<folder>.work` for itself, so that accounts may lie side by side.
   */
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
  const place = resolve(state ?? env['MOORING_STATE'] ?? join(root, '.mooring', 'account'));
  const work = basename(place) === 'account' ? dirname(place) : `${place}.work`;
  const bin = process.platform === 'win32' ? join('Scripts', 'python.exe') : join('bin', 'python');
  return {
    root,
    work,
    state: place,
    assembly: join(work, 'cdk.out'),
    python: join(root, '.venv', bin),
  };
}
