import { doorUseCase, record } from '../../support/door-use-case';
import { type Answer, FrontDoor } from '../../support/front-door';

const api = {
  authorization: { type: 'jwt', issuer: 'https://login.example.com/', audience: ['doors'], scopes: ['predict'] },
  throttling: { rate: 1, burst: 60 },
  cors: { origins: ['https://doors.example.com'] },
  explanations: false,
};
let door: FrontDoor;
beforeAll(async () => {
  door = await FrontDoor.open(doorUseCase(api));
  await door.serve(3);
});
afterAll(() => door.close());

const predict = async (more: Parameters<FrontDoor['token']>[0]): Promise<Answer> =>
  door.predict({ features: record }, { token: await door.token(more) });

describe('a front door for holders of a token', () => {
  test('lets a good token in', async () => {
    expect((await predict({})).status).toBe(200);
    expect((await predict({ audience: 'doors', scopes: ['other', 'predict'] })).status).toBe(200);
  });

  test.each([
    ['an expired token', { lifetime: -60 }, 401, 'the token has expired'],
    ['a token of another issuer', { issuer: 'https://evil.example.com/' }, 401, 'the claim iss'],
    ['a token for somebody else', { audience: 'windows' }, 401, 'the claim aud'],
    ['a token without the scope', { scopes: ['read'] }, 403, 'insufficient_scope'],
  ] as const)('refuses %s and says why', async (_, more, status, why) => {
    const answer = await predict(more);
    expect(answer.status).toBe(status);
    expect(answer.headers['www-authenticate']).toContain(why);
    expect(answer.body).not.toHaveProperty('prediction');
  });

  test('refuses what only looks like a token', async () => {
    const good = await door.token();
    const [head = '', claims = '', signature = ''] = good.split('.');
    const changed = Buffer.from(
      JSON.stringify({ ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), sub: 'admin' }),
    ).toString('base64url');
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const token of [
      `${head}.${changed}.${signature}`,
      `${unsigned}.${claims}.`,
      `${head}.${claims}.`,
      'not.a.token',
      '',
    ]) {
      expect((await door.predict({ features: record }, { token })).status).toBe(401);
    }
  });

  test('takes no signature instead', async () => {
    expect((await door.predict({ features: record })).status).toBe(401);
  });

  test('does not give reasons when the use case does not', async () => {
    const answer = await door.predict({ features: record, explain: true }, { token: await door.token() });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/explain' }] } });
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string): Promise<Answer> =>
    door.ask({
      method: 'OPTIONS',
      path: '/predict',
      unsigned: true,
      headers: { origin, 'access-control-request-method': 'POST' },
    });

  test('may call when their origin is listed', async () => {
    expect(await preflight('https://doors.example.com')).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': 'https://doors.example.com',
        'access-control-allow-methods': 'GET,POST',
        'access-control-max-age': '3600',
      },
    });
    const headers = { origin: 'https://doors.example.com' };
    const answer = await door.predict({ features: record }, { token: await door.token(), headers });
    expect(answer.headers['access-control-allow-origin']).toBe('https://doors.example.com');
  });

  test('are refused otherwise, whatever they send', async () => {
    const { status, headers } = await preflight('https://evil.example.com');
    expect(status).toBe(403);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    const origin = { origin: 'https://evil.example.com' };
    const asked = await door.predict({ features: record }, { token: await door.token(), headers: origin });
    expect(asked.status).toBe(403);
    expect(asked.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

test('what exceeds rate and burst gets a 429, and the door opens again', async () => {
  const health = (): Promise<Answer> => door.ask({ path: '/health', unsigned: true });
  const statuses = (await Promise.all(Array.from({ length: 80 }, health))).map((each) => each.status);
  const count = (status: number): number => statuses.filter((each) => each === status).length;
  expect(count(200) + count(429)).toBe(80);
  expect(count(429)).toBeGreaterThan(5);
  await new Promise((go) => setTimeout(go, 1_500));
  expect((await health()).status).toBe(200);
});
