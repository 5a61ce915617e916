import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@mooring/use-case/errors';
import { Account, tourMarker } from '@mooring/local-account';
import type { Project } from '../../shared/project';

/**
 * An empty state folder for a tour. State that an earlier tour left is deleted; anybody else's is not touched.
 *
 * @throws UserError when the folder holds other state, or an account runs on it.
 */
export function freshState(project: Project): void {
  if (Account.running(project.state) !== undefined)
    throw new UserError(
      'a local account is running on this state; stop it first (Ctrl-C in its terminal), or take the tour elsewhere: npm start -- --state .mooring/tour',
    );
  const foreign =
    existsSync(project.state) && readdirSync(project.state).length > 0 && !existsSync(join(project.state, tourMarker));
  if (foreign)
    throw new UserError(
      'the local account holds state of your own, which the tour would delete; run `npx mooring reset` first, or take the tour elsewhere: npm start -- --state .mooring/tour',
    );
  rmSync(project.state, { recursive: true, force: true });
  mkdirSync(project.state, { recursive: true });
  writeFileSync(join(project.state, tourMarker), '');
}
