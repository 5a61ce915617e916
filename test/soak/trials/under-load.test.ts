import { failures, inOneLine } from '../../support/under-load/load-tool';
import { deployUnderLoad } from '../../support/under-load/deploy-under-load';

/** Requests a second to each; twenty deployments are `bench/deployments-under-load.ts`. */
const perSecond = 20;

test('four deployments of good versions fail not one request, at the front door or at the endpoint', async () => {
  const { door, endpoint, seconds } = await deployUnderLoad({ deployments: 4, perSecond, connections: 6 });
  console.log(
    `4 deployments in ${seconds.toFixed(0)} s\nfront door: ${inOneLine(door)}\nendpoint:   ${inOneLine(endpoint)}`,
  );
  expect([failures(door), failures(endpoint)]).toEqual([0, 0]);
  expect(door['2xx']).toBeGreaterThan(50);
  expect(endpoint['2xx']).toBeGreaterThan(50);
}, 400_000);
