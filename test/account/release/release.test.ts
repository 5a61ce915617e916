import { answerApproval, untilApproval, untilQuiet } from '../../../cli/release/pipeline';
import { SmallRelease } from './pipeline';

describe('a repository of the local account with a release pipeline', () => {
  const release = new SmallRelease();
  beforeAll(async () => {
    await release.start();
    release.commit('test -n "$TAG"');
    await release.push('HEAD:refs/heads/main');
  });
  afterAll(() => release.stop());

  test('a branch and a malformed tag start nothing', async () => {
    expect(await release.tagAndPush('release-rain-1.0', 'v1.0', 'Release-rain-v1.0')).toEqual([]);
    expect(await release.push('HEAD:refs/heads/release-rain-v1.0')).toEqual([]);
    expect(await release.executions.all()).toEqual([]);
  });

  test('a release waits for approval and ends when it is given, and the approver is on record', async () => {
    const [started] = await release.tagAndPush('release-rain-v1.0');
    expect(started?.tag).toBe('release-rain-v1.0');
    const id = started?.executionId ?? '';
    await release.executions.answer(id, 'Approved', 'figures checked');
    expect(await release.executions.ended(id)).toEqual({ status: 'Succeeded', reason: '' });
    expect(await release.executions.actions(id)).toEqual(['Source Succeeded', 'Build Succeeded', 'Approval Succeeded']);
  });

  test('a push without anything new starts nothing', async () => {
    expect(await release.push('refs/tags/release-rain-v1.0')).toEqual([]);
  });

  test('a prerelease skips production and succeeds', async () => {
    const [started] = await release.tagAndPush('prerelease-rain-v1.1');
    const id = started?.executionId ?? '';
    expect((await release.executions.ended(id)).status).toBe('Succeeded');
    expect(await release.executions.actions(id)).toEqual(['Source Succeeded', 'Build Succeeded']);
  });

  test('a rejected release stops with who said what; the terminal waits for the question and tells what came of it', async () => {
    const [started] = await release.tagAndPush('release-rain-v1.2');
    const id = started?.executionId ?? '';
    const { client } = release.executions;
    await untilApproval(client);
    const { summary } = await answerApproval(client, 'Rejected', 'recall is too low');
    expect(summary).toMatch(/^ship [0-9a-f]{40}\?$/);
    await untilQuiet(client);
    const { status, reason } = await release.executions.ended(id);
    expect(status).toBe('Failed');
    expect(reason).toContain('rejected by arn:aws:iam::000000000000:user/local: recall is too low');
    await expect(untilApproval(client)).rejects.toThrow(
      /^no release is under way; the last one \(release-rain-v1\.2\) is Failed: .*recall is too low/,
    );
  });

  test('two tags of one push queue in the order in which they were made', async () => {
    const started = await release.tagAndPush('release-rain-v1.3', 'prerelease-rain-v1.4');
    expect(started.map(({ tag }) => tag).sort()).toEqual(['prerelease-rain-v1.4', 'release-rain-v1.3']);
    const first = started.find(({ tag }) => tag === 'release-rain-v1.3')?.executionId ?? '';
    const second = started.find(({ tag }) => tag === 'prerelease-rain-v1.4')?.executionId ?? '';
    // Neither is superseded by the other.
    await release.executions.answer(first, 'Approved', '');
    expect((await release.executions.ended(first)).status).toBe('Succeeded');
    expect((await release.executions.ended(second)).status).toBe('Succeeded');
  });

  test('a failing build stops the release with the command and its output', async () => {
    release.commit('echo "rain.test.ts: 1 failed" && exit 3');
    const [started] = await release.tagAndPush('release-rain-v2.0');
    const { status, reason } = await release.executions.ended(started?.executionId ?? '');
    expect(status).toBe('Failed');
    expect(reason).toContain('rain.test.ts: 1 failed');
    expect(await release.executions.actions(started?.executionId ?? '')).toEqual(['Source Succeeded', 'Build Failed']);
  });
});
