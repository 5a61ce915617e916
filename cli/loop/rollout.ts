import { UserError } from '@mooring/use-case/errors';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { liveFiles, prefixes, type StageName } from '../../contracts/names';
import { type Deployment, readDeployments } from './deployments';
import { readEndpoint, type EndpointState } from '../shared/endpoint';
import { readFoundation } from '../shared/foundation';
import { readJson } from '../shared/objects';
import type { Session } from '../shared/session';

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** The live manifest of a use case's stage, or undefined before the first deployment ended. */
export async function readManifest(
  session: Session,
  useCase: string,
  stage: StageName = 'production',
): Promise<LiveManifest | undefined> {
  const { artifactBucket } = await readFoundation(session.clients);
  return readJson(session.clients, artifactBucket, `${prefixes.live(useCase, stage)}/${liveFiles.manifest}`);
}

export interface Wait {
  readonly stage?: StageName;
  /** Ids of deployments that were there before: only another one is waited for. */
  readonly known?: readonly string[];
  /** Real seconds. */
  readonly deadline?: number;
}

/** How a deployment ended, and what the endpoint serves now. */
export interface Ended {
  readonly deployment: Deployment;
  readonly endpoint: EndpointState | undefined;
}

/**
 * Waits until the deployment of a version ended, one way or the other, and the notification was sent.
 *
 * While a new fleet bakes, virtual time is passed minute by minute; nobody waits for a laptop to bake. It is passed as well
 * when nothing moves: an event may wait for its next attempt.
 *
 * @throws UserError when nothing happens at all.
 */
export async function waitForEnd(
  session: Session,
  useCase: string,
  version: number,
  { stage = 'production', known = [], deadline = 150 }: Wait = {},
): Promise<Ended> {
  const started = performance.now();
  let seen: EndpointState | undefined;
  for (let idle = 0; performance.now() - started < deadline * 1000;) {
    const deployments = await readDeployments(session.clients, useCase, stage);
    const deployment = deployments.findLast((each) => each.version === version && !known.includes(each.id));
    seen = await readEndpoint(session.clients, useCase, stage);
    if (deployment?.notified === true) return { deployment, endpoint: seen };
    const baking = seen?.status === 'Updating' || seen?.status === 'RollingBack';
    idle = baking ? 0 : idle + 1;
    if (baking || idle % 100 === 0) await session.control('POST', '/_local/clock', { duration: '1m' });
    else await pause(100);
  }
  throw new UserError(
    `the deployment of version ${version} did not end within ${deadline} s; the endpoint is ${seen?.status ?? 'absent'}${seen?.reason === undefined ? '' : `: ${seen.reason}`}. See \`npx mooring status ${useCase}\``,
  );
}

/** {@link waitForEnd} for callers that want the endpoint. @throws UserError also when there is none in the end. */
export async function waitForDeployment(
  session: Session,
  useCase: string,
  packageArn: string,
  wait: Wait = {},
): Promise<EndpointState> {
  const { endpoint, deployment } = await waitForEnd(session, useCase, Number(packageArn.split('/').at(-1)), wait);
  if (endpoint === undefined) throw new UserError(`there is no endpoint: ${deployment.subject ?? deployment.state}`);
  return endpoint;
}
