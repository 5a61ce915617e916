import { UserError } from '../../contracts/errors';
import { liveFiles, prefixes } from '../../contracts/names';
import { readEndpoint, type EndpointState } from './endpoint';
import { readFoundation } from './foundation';
import { readJson } from './objects';
import type { Session } from './session';

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** The live manifest of a use case's production stage, or undefined before the first deployment ended. */
export async function readManifest(
  session: Session,
  useCase: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { artifactBucket } = await readFoundation(session.clients);
  return readJson(session.clients, artifactBucket, `${prefixes.live(useCase)}/${liveFiles.manifest}`);
}

/**
 * Waits until the deployment of a package ended, one way or the other: live and published, or rolled back.
 *
 * While a new fleet bakes, virtual time is passed minute by minute; nobody waits for a laptop to bake.
 *
 * @throws UserError when nothing happens at all.
 */
export async function waitForDeployment(
  session: Session,
  useCase: string,
  packageArn: string,
  deadlineSeconds = 60,
): Promise<EndpointState> {
  const started = performance.now();
  let seen: EndpointState | undefined;
  while (performance.now() - started < deadlineSeconds * 1000) {
    seen = await readEndpoint(session.clients, useCase);
    const live = JSON.stringify((await readManifest(session, useCase)) ?? {}).includes(packageArn);
    if (seen?.packageArn === packageArn && seen.status === 'InService' && live) return seen;
    if (seen?.status === 'Failed') return seen;
    if (seen?.status === 'Updating' || seen?.status === 'RollingBack')
      await session.control('POST', '/_local/clock', { duration: '1m' });
    else await pause(100);
  }
  throw new UserError(
    `the deployment of ${packageArn} did not end within ${deadlineSeconds} s; the endpoint is ${seen?.status ?? 'absent'}${seen?.reason === undefined ? '' : `: ${seen.reason}`}. The deploy function's log: \`npx mooring status ${useCase}\``,
  );
}
