import { join } from 'node:path';
import { resourceNames } from '../../../contracts/names';
import { invocationTarget } from '@mooring/local-account/test/support/clients';
import { root } from '../app';
import { DeployedUseCase } from '../deployed/deployed-use-case';
import { Door } from '../trials/door';
import { LoadTool, type LoadResult, type Target } from './load-tool';

/** Result of a series of deployments under load. */
export interface DeploymentsUnderLoad {
  readonly deployments: number;
  readonly seconds: number;
  /** Through the front door, and at the endpoint itself. */
  readonly door: LoadResult;
  readonly endpoint: LoadResult;
}

export interface LoadOptions {
  readonly deployments: number;
  /** Requests a second, each to the front door and to the endpoint. */
  readonly perSecond: number;
  readonly connections: number;
  readonly follow?: (text: string) => void;
}

/**
 * Deploys one good version after the other, each with canary, bake and smoke test, while two load tools of their own send requests
 * to the front door and to the endpoint.
 */
export async function deployUnderLoad(options: LoadOptions): Promise<DeploymentsUnderLoad> {
  const { deployments, follow = () => undefined } = options;
  const deployed = await DeployedUseCase.open('steady', [], join(root, 'test/support/under-load'));
  try {
    await deployed.ship(1);
    const door = await Door.of(deployed);
    const targets = [door.target({ features: { distance: 10, load: 20 } }), await endpointTarget(deployed)];
    const tools = targets.map((target) => LoadTool.start(target, options));
    const began = performance.now();
    await new Promise((go) => setTimeout(go, 1_500));
    for (let version = 2; version <= deployments + 1; version += 1) {
      await deployed.register(version);
      await deployed.approve(version);
      await deployed.settled();
      // Through the canary, minute by minute, so that there is traffic in every part of it.
      for (let minute = 0; minute < 15; minute += 1) await deployed.pass(1);
      const { config = '' } = (await deployed.endpoint()) ?? {};
      if (!config.includes(`-v${version}-`)) throw new Error(`version ${version} does not serve, but ${config}`);
      follow(`version ${version} serves after ${((performance.now() - began) / 1000).toFixed(0)} s`);
    }
    const seconds = (performance.now() - began) / 1000;
    const [throughDoor, direct] = await Promise.all(tools.map((each) => each.stop()));
    if (throughDoor === undefined || direct === undefined) throw new Error('a load tool is missing');
    return { deployments, seconds, door: throughDoor, endpoint: direct };
  } finally {
    await deployed.close();
  }
}

/** InvokeEndpoint as the administrator. */
const endpointTarget = ({ account, name }: DeployedUseCase): Promise<Target> =>
  invocationTarget(account, resourceNames.endpoint(name), { 'content-type': 'text/csv', accept: 'text/csv' }, '10,20');
