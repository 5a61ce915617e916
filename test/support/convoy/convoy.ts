import { join } from 'node:path';
import { resourceNames } from '../../../contracts/names';
import { invocationTarget } from '../account';
import { root } from '../app';
import { Harbour } from '../shipping/harbour';
import { Door } from '../trials/door';
import { Cannon, type Shots, type Target } from './cannon';

/** What a series of deployments under load came to. */
export interface Convoy {
  readonly deployments: number;
  readonly seconds: number;
  /** Through the front door, and at the endpoint itself. */
  readonly door: Shots;
  readonly endpoint: Shots;
}

export interface ConvoyOptions {
  readonly deployments: number;
  /** Requests a second, each to the front door and to the endpoint. */
  readonly perSecond: number;
  readonly connections: number;
  readonly follow?: (text: string) => void;
}

/**
 * Deploys one good version after the other, each with canary, bake and smoke test, while two load tools of their own fire
 * at the front door and at the endpoint.
 */
export async function convoy(options: ConvoyOptions): Promise<Convoy> {
  const { deployments, follow = () => undefined } = options;
  const harbour = await Harbour.open('convoy', [], join(root, 'test/support/convoy'));
  try {
    await harbour.ship(1);
    const door = await Door.of(harbour);
    const targets = [door.target({ features: { distance: 10, load: 20 } }), await endpointTarget(harbour)];
    const cannons = targets.map((target) => Cannon.fire(target, options));
    const began = performance.now();
    await new Promise((go) => setTimeout(go, 1_500));
    for (let version = 2; version <= deployments + 1; version += 1) {
      await harbour.register(version);
      await harbour.approve(version);
      await harbour.settled();
      // Through the canary, minute by minute, so that there is traffic in every part of it.
      for (let minute = 0; minute < 15; minute += 1) await harbour.pass(1);
      const { config = '' } = (await harbour.endpoint()) ?? {};
      if (!config.includes(`-v${version}-`)) throw new Error(`version ${version} does not serve, but ${config}`);
      follow(`version ${version} serves after ${((performance.now() - began) / 1000).toFixed(0)} s`);
    }
    const seconds = (performance.now() - began) / 1000;
    const [throughDoor, direct] = await Promise.all(cannons.map((each) => each.stop()));
    if (throughDoor === undefined || direct === undefined) throw new Error('a load tool is missing');
    return { deployments, seconds, door: throughDoor, endpoint: direct };
  } finally {
    await harbour.close();
  }
}

/** InvokeEndpoint as the administrator. */
const endpointTarget = ({ account, name }: Harbour): Promise<Target> =>
  invocationTarget(
    account,
    resourceNames.endpoint(name),
    { 'content-type': 'text/csv', accept: 'text/csv' },
    '10,20',
  );
