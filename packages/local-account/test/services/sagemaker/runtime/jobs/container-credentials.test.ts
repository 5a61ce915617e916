import { Laptop } from '../../../../support/laptop';
import { ContainerCredentials } from '../../../../../src/services/sagemaker/runtime/jobs/container-credentials';

describe('the credentials of a container', () => {
  let laptop: Laptop;
  beforeAll(async () => {
    laptop = await Laptop.start();
  });
  afterAll(() => laptop.stop());

  test('are the same address for the same role and session, and another for another', () => {
    const credentials = new ContainerCredentials(laptop.account.parts);
    const first = credentials.variables(laptop.roleArn, 'one');
    expect(credentials.variables(laptop.roleArn, 'one')).toEqual(first);
    expect(credentials.variables(laptop.roleArn, 'two')).not.toEqual(first);
    expect(first.AWS_CONTAINER_CREDENTIALS_FULL_URI).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/v2\/credentials\/[0-9a-f]{32}$/,
    );
  });

  test.each([
    ['without a token', {}],
    ['with a wrong token', { authorization: 'x'.repeat(32) }],
  ])('are refused %s, whether or not there are any', async (_how, headers) => {
    const answer = await fetch(`${laptop.account.endpointUrl()}/v2/credentials/${'0'.repeat(32)}`, { headers });
    expect(answer.status).toBe(403);
    expect(await answer.text()).not.toContain('SecretAccessKey');
  });
});
