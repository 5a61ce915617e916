import { Harbour, type Message } from '../../support/shipping/harbour';
import { scoreOf } from '../../support/shipping/models';

const minutes = 60_000;
const answerOf = (version: number): string => `0,${scoreOf(version, 10, 20)}`;

describe('a request for the previous version', () => {
  let harbour: Harbour;
  const told = (): Message => harbour.inbox().at(-1) as Message;

  beforeAll(async () => {
    harbour = await Harbour.open('solo');
  }, 3 * minutes);
  afterAll(() => harbour.close());

  test('is refused while nothing serves, and while there is none', async () => {
    await harbour.requestRollback();
    await harbour.pass(1);
    expect(told()).toMatchObject({ subject: '[solo] nothing was rolled back in production' });
    await harbour.ship(1);
    await harbour.requestRollback();
    await harbour.pass(1);
    expect(told().body).toContain('version 1 is the first one in production; there is no previous version');
    expect((await harbour.endpoint())?.version).toBe(1);
  });

  test('brings it back with the canary, once, although the event comes twice; and says who asked and why', async () => {
    await harbour.ship(2);
    await harbour.ship(3);
    const time = harbour.account.clock.now();
    await harbour.requestRollback('production', time);
    await harbour.requestRollback('production', time);
    await harbour.settled();
    expect(await harbour.endpoint()).toMatchObject({ status: 'Updating', version: 3 });
    expect(await harbour.ask(30)).toEqual({ [answerOf(2)]: expect.any(Number), [answerOf(3)]: expect.any(Number) });
    await harbour.pass(30);
    expect(await harbour.endpoint()).toMatchObject({ status: 'InService', version: 2 });
    expect(await harbour.ask(5)).toEqual({ [answerOf(2)]: 5 });
    expect(told().subject).toBe('[solo] version 2 serves again in production');
    expect(told().body).toContain('Rollback of version 3, asked for by ada: complaints.');
    expect(await harbour.lifeCycle(3)).toBe('Production RolledBack');
    expect(await harbour.lifeCycle(2)).toBe('Production Serving');
    expect((await harbour.deployments()).filter((each) => each.restoresFrom !== undefined)).toHaveLength(1);
    expect(await harbour.status()).toMatch(/production +2 +done +rollback of version 3/);
    expect(told().body).toContain('(version 3: 0.7300, -0.0100)');
  });

  test('once more leads further back, not forth again, and then there is nothing left', async () => {
    await harbour.requestRollback();
    await harbour.pass(30);
    expect((await harbour.endpoint())?.version).toBe(1);
    expect(await harbour.made()).toEqual({ models: ['1'], configs: ['1'] });
    await harbour.requestRollback();
    await harbour.pass(5);
    expect(told().body).toContain('there is no previous version');
    expect(harbour.failures()).toEqual([]);
  });
});
