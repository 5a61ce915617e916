import { DeployedUseCase, type Message } from '../../support/deployed/deployed-use-case';
import { scoreOf } from '../../support/deployed/models';

const minutes = 60_000;
const answerOf = (version: number): string => `0,${scoreOf(version, 10, 20)}`;

describe('a request for the previous version', () => {
  let deployed: DeployedUseCase;
  const told = (): Message => deployed.inbox().at(-1) as Message;

  beforeAll(async () => {
    deployed = await DeployedUseCase.open('solo');
  }, 3 * minutes);
  afterAll(() => deployed.close());

  test('is refused while nothing serves, and while there is none', async () => {
    await deployed.requestRollback();
    await deployed.pass(1);
    expect(told()).toMatchObject({ subject: '[solo] nothing was rolled back in production' });
    await deployed.ship(1);
    await deployed.requestRollback();
    await deployed.pass(1);
    expect(told().body).toContain('version 1 is the first one in production; there is no previous version');
    expect((await deployed.endpoint())?.version).toBe(1);
  });

  test('brings it back with the canary, once, although the event comes twice; and says who asked and why', async () => {
    await deployed.ship(2);
    await deployed.ship(3);
    const time = deployed.account.clock.now();
    await deployed.requestRollback('production', time);
    await deployed.requestRollback('production', time);
    await deployed.settled();
    expect(await deployed.endpoint()).toMatchObject({ status: 'Updating', version: 3 });
    expect(await deployed.ask(30)).toEqual({ [answerOf(2)]: expect.any(Number), [answerOf(3)]: expect.any(Number) });
    await deployed.pass(30);
    expect(await deployed.endpoint()).toMatchObject({ status: 'InService', version: 2 });
    expect(await deployed.ask(5)).toEqual({ [answerOf(2)]: 5 });
    expect(told().subject).toBe('[solo] version 2 serves again in production');
    expect(told().body).toContain('Rollback of version 3, asked for by ada: complaints.');
    expect(await deployed.lifeCycle(3)).toBe('Production RolledBack');
    expect(await deployed.lifeCycle(2)).toBe('Production Serving');
    expect((await deployed.deployments()).filter((each) => each.restoresFrom !== undefined)).toHaveLength(1);
    expect(await deployed.status()).toMatch(/production +2 +done +rollback of version 3/);
    expect(told().body).toContain('(version 3: 0.7300, -0.0100)');
  });

  test('once more leads further back, not forth again, and then there is nothing left', async () => {
    await deployed.requestRollback();
    await deployed.pass(30);
    expect((await deployed.endpoint())?.version).toBe(1);
    expect(await deployed.made()).toEqual({ models: ['1'], configs: ['1'] });
    await deployed.requestRollback();
    await deployed.pass(5);
    expect(told().body).toContain('there is no previous version');
    expect(deployed.failures()).toEqual([]);
  });
});
