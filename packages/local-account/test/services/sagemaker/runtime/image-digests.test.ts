import { HostEnvironment } from '../../../../src/core/host-environment';
import { ImageDigests } from '../../../../src/services/sagemaker/runtime/image-digests';

const xgboost = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0';

const host = new HostEnvironment(process.env);
/** An account without a registry of its own. */
const findPeer = (): undefined => undefined;

describe('the digest that the registry notes for an image', () => {
  const here = new ImageDigests({ python: 'python3', host, findPeer });

  test('is the same for the same image, another one for another tag or another environment', async () => {
    const digest = await here.of(xgboost);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await new ImageDigests({ python: 'python3', host, findPeer }).of(xgboost)).toBe(digest);
    expect(await here.of(xgboost.replace('3.2-0', '3.0-5'))).not.toBe(digest);
    expect(await new ImageDigests({ python: '/nowhere/python', host, findPeer }).of(xgboost)).not.toBe(digest);
  });

  test('is what the registry noted when the image was pushed to this account', async () => {
    const pushed = { digest: `sha256:${'b'.repeat(64)}`, title: 'mooring-monitor' };
    const uri = '000000000000.dkr.ecr.us-east-1.amazonaws.com/assets:1';
    const registry = { find: (asked: string) => (asked === uri ? pushed : undefined) };
    const account = { python: 'python3', host, findPeer: (() => registry) as never };
    expect(await new ImageDigests(account).of(uri)).toBe(pushed.digest);
    expect(await new ImageDigests(account).of(xgboost)).toBe(await here.of(xgboost));
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
