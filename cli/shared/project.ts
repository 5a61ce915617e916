import { existsSync } from 'node:fs';
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
  /** Interpreters of environments made like AWS's images, as far as they are there, by framework. */
  readonly imagePythons?: Readonly<Record<string, string>>;
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
    imagePythons: imagePythons(root, bin),
  };
}

/** XGBoost's image has the versions of `.venv`; scikit-learn's has its own, where the machine has the Python for them. */
function imagePythons(root: string, bin: string): Readonly<Record<string, string>> {
  const python = join(root, '.venvs', 'image-scikit-learn', bin);
  return existsSync(python) ? { 'scikit-learn': python } : {};
}
