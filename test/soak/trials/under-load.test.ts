import { failures, told } from '../../support/convoy/cannon';
import { convoy } from '../../support/convoy/convoy';

/** Requests a second to each; twenty deployments are `bench/deployments-under-load.ts`. */
const perSecond = 20;

test('four deployments of good versions fail not one request, at the front door or at the endpoint', async () => {
  const { door, endpoint, seconds } = await convoy({ deployments: 4, perSecond, connections: 6 });
  console.log(`4 deployments in ${seconds.toFixed(0)} s\nfront door: ${told(door)}\nendpoint:   ${told(endpoint)}`);
  expect([failures(door), failures(endpoint)]).toEqual([0, 0]);
  expect(door['2xx']).toBeGreaterThan(50);
  expect(endpoint['2xx']).toBeGreaterThan(50);
}, 400_000);
