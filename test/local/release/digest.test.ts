import { ImageDigests } from '../../../local/services/sagemaker/image-digests';

const xgboost = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0';

describe('the digest that the registry notes for an image', () => {
  const here = new ImageDigests({ python: 'python3', env: process.env });

  test('is the same for the same image, another one for another tag or another environment', async () => {
    const digest = await here.of(xgboost);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await new ImageDigests({ python: 'python3', env: process.env }).of(xgboost)).toBe(digest);
    expect(await here.of(xgboost.replace('3.2-0', '3.0-5'))).not.toBe(digest);
    expect(await new ImageDigests({ python: '/nowhere/python', env: {} }).of(xgboost)).not.toBe(digest);
  });

  test('is the name of an image that is named by it', async () => {
    const named = `sha256:${'a'.repeat(64)}`;
    expect(await here.of(`mine@${named}`)).toBe(named);
  });

  test('goes into every container of a specification, and what is there stays', async () => {
    const filled = await here.fill({
      Containers: [{ Image: xgboost }, { Image: xgboost, ImageDigest: 'sha256:x' }, {}],
    });
    expect(filled).toEqual({
      Containers: [
        { Image: xgboost, ImageDigest: await here.of(xgboost) },
        { Image: xgboost, ImageDigest: 'sha256:x' },
        {},
      ],
    });
    expect(await here.fill({})).toEqual({});
  });
});
