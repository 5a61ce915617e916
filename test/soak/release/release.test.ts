import { RetryStageExecutionCommand, StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { releaseNames } from '../../../contracts/release';
import type { TrainRecord } from '../../../cli/release/build/record';
import { ReleaseLife } from './life';

const minutes = 60_000;

describe('releases of credit-risk, pushed to a local account', () => {
  const life = new ReleaseLife();
  const { checkout } = life;
  beforeAll(() => life.start(), 10 * minutes);
  afterAll(() => life.stop());

  test(
    'a release goes through all stages to production once a person has approved it',
    async () => {
      checkout.tag('release-credit-risk-v1.0');
      const [started] = await checkout.push('refs/tags/release-credit-risk-v1.0');
      const id = started?.executionId ?? '';
      await life.executions.answer(id, 'Approved', 'figures checked');
      expect(await life.executions.ended(id)).toEqual({ status: 'Succeeded', reason: '' });
      const actions = await life.executions.actions(id);
      expect(actions.filter((each) => !each.endsWith(' Succeeded'))).toEqual([]);
      expect(actions.filter((each) => !each.includes('.')).map((each) => each.split(' ')[0])).toEqual([
        'Source',
        'Synth',
        'SelfMutate',
        'FileAssets',
        'Train',
        'DeployModel',
        'SystemTests',
        'Summary',
        'Approval',
        'PromoteModel',
        'SmokeTest',
      ]);
      expect(await life.record('release-credit-risk-v1.0', `${id}/summary.md`)).toContain(
        'replace nothing (first release)',
      );
      expect((await life.live()).version).toBe(1);
    },
    15 * minutes,
  );

  test(
    'from an answer one command tells what it was made of and who approved it',
    async () => {
      await life.predict('asked-1');
      const chain = await life.lineage('asked-1');
      expect(chain).toMatchObject({
        tag: 'release-credit-risk-v1.0',
        commit: checkout.git('rev-parse', 'release-credit-risk-v1.0^{commit}'),
        approver: 'arn:aws:iam::000000000000:user/local',
        'use-case version': '1.0',
        'started by': 'release',
      });
      expect(chain['model package']).toMatch(/model-package\/credit-risk-models\/1$/);
      expect(chain['pipeline execution']).toContain(':pipeline/credit-risk-pipeline/execution/');
      expect(chain['image digest']).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(chain['data hash']).toMatch(/^sha256:[0-9a-f]{64}$/);
    },
    5 * minutes,
  );

  test(
    'a version that was retrained without anybody carries commit, tag and image, too',
    async () => {
      const metadata = await life.retrain();
      expect(metadata).toMatchObject({
        git_commit: checkout.git('rev-parse', 'release-credit-risk-v1.0^{commit}'),
        git_tag: 'release-credit-risk-v1.0',
        trigger: 'drift',
      });
      const chain = await life.lineage('asked-1');
      expect(metadata['image_digest']).toBe(chain['image digest']);
    },
    5 * minutes,
  );

  test(
    'a change of the pipeline is applied before its new stage runs, once; a prerelease stops after staging; a failing unit test stops its release',
    async () => {
      const [before, versionBefore] = [await life.live(), await life.pipelineVersion()];
      checkout.replace(
        'lib/release/release-stack.ts',
        'Step.sequence([train, deploy, tests])',
        "Step.sequence([train, deploy, tests, this.step('SecondSmoke', 'smoke-test --stage staging', synth)])",
      );
      checkout.tag('prerelease-credit-risk-v1.1');
      checkout.replace('test/contracts/names.test.ts', 'toBeLessThanOrEqual(longest)', 'toBeGreaterThan(longest)');
      checkout.tag('release-credit-risk-v1.2');
      const started = await checkout.push(
        'refs/tags/prerelease-credit-risk-v1.1',
        'refs/tags/release-credit-risk-v1.2',
      );
      const ids = Object.fromEntries(started.map(({ tag, executionId }) => [tag, executionId]));
      const pushed = ids['prerelease-credit-risk-v1.1'] ?? '';
      expect(await life.executions.ended(pushed)).toEqual({
        status: 'Stopped',
        reason: 'the pipeline updated itself; a new execution goes on',
      });
      const [first, second, ...more] = await life.of('prerelease-credit-risk-v1.1');
      expect([first, more]).toEqual([pushed, []]);
      expect(await life.executions.ended(second ?? '')).toEqual({ status: 'Succeeded', reason: '' });
      expect(await life.pipelineVersion()).toBe(versionBefore + 1);
      expect(await life.executions.actions(pushed)).not.toContain('SecondSmoke Succeeded');
      const actions = await life.executions.actions(second ?? '');
      expect(actions.at(-1)).toBe('SecondSmoke Succeeded');

      const failed = await life.executions.ended(ids['release-credit-risk-v1.2'] ?? '');
      expect(failed.status).toBe('Failed');
      expect(failed.reason).toContain('npm run test:release');
      expect(await life.live()).toEqual(before);
      checkout.replace('test/contracts/names.test.ts', 'toBeGreaterThan(longest)', 'toBeLessThanOrEqual(longest)');
    },
    20 * minutes,
  );

  test(
    'a failing SageMaker pipeline stops its release with the reason',
    async () => {
      const before = await life.live();
      checkout.replace('pipeline-defs/credit-risk/use-case.yaml', 'bound: 0.7', 'bound: 0.99');
      checkout.tag('release-credit-risk-v1.3');
      checkout.replace('pipeline-defs/credit-risk/use-case.yaml', 'bound: 0.99', 'bound: 0.7');
      const [started] = await checkout.push('refs/tags/release-credit-risk-v1.3');
      const { status, reason } = await life.executions.ended(started?.executionId ?? '');
      expect(status).toBe('Failed');
      expect(reason).toContain('The model is not good enough to register: auc is 0.7');
      expect((await life.executions.actions(started?.executionId ?? '')).at(-1)).toBe('Train Failed');
      expect(await life.live()).toEqual(before);
    },
    15 * minutes,
  );

  test(
    'a failing system test stops its release; repaired and repeated, a person may still reject it',
    async () => {
      const before = await life.live();
      checkout.tag('release-credit-risk-v1.4');
      const repair = life.buildsWith({ SYSTEM_TEST_P95_MS: '0.001' });
      const [started] = await checkout.push('refs/tags/release-credit-risk-v1.4');
      const id = started?.executionId ?? '';
      const failed = await life.executions.ended(id);
      repair();
      expect(failed.status).toBe('Failed');
      expect(failed.reason).toMatch(/latency: p95 is [\d.]+ ms/);
      await life.executions.client.send(
        new RetryStageExecutionCommand({
          pipelineName: releaseNames.pipeline,
          stageName: 'Staging',
          pipelineExecutionId: id,
          retryMode: 'FAILED_ACTIONS',
        }),
      );
      await life.executions.answer(id, 'Rejected', 'recall is too low');
      const rejected = await life.executions.ended(id);
      expect(rejected.status).toBe('Failed');
      expect(rejected.reason).toContain('rejected by arn:aws:iam::000000000000:user/local: recall is too low');
      expect(await life.live()).toEqual(before);
    },
    20 * minutes,
  );

  test(
    'an older tag that is released again is made of the same image, settings and data',
    async () => {
      const tag = 'release-credit-risk-v1.0';
      await life.upload(7);
      const { pipelineExecutionId: id = '' } = await life.executions.client.send(
        new StartPipelineExecutionCommand({
          name: releaseNames.pipeline,
          variables: [{ name: releaseNames.tagVariable, value: tag }],
          sourceRevisions: [
            {
              actionName: 'Source',
              revisionType: 'COMMIT_ID',
              revisionValue: checkout.git('rev-parse', `${tag}^{commit}`),
            },
          ],
        }),
      );
      // The tag's own definition of the pipeline comes back, too, so that another execution goes on.
      expect((await life.executions.ended(id)).status).toBe('Stopped');
      const again = (await life.of(tag)).at(-1) ?? '';
      await life.executions.answer(again, 'Rejected', 'only to compare');
      await life.executions.ended(again);
      const first = JSON.parse(await life.record(tag, 'first.json')) as TrainRecord;
      const now = JSON.parse(await life.record(tag, `${again}/train.json`)) as TrainRecord;
      expect(now.package_arn).not.toBe(first.package_arn);
      expect(now.digests).toEqual(first.digests);
      expect(now.data).toEqual(first.data);
      expect(now.parameters['TrainingImage']).toBe(first.parameters['TrainingImage']);
    },
    20 * minutes,
  );

  test(
    'destroy keeps what the stacks retain; told to, it leaves nothing',
    async () => {
      const told = await life.destroy(false);
      expect(told).toContain('stack Mooring-Foundation');
      const kept = await life.listing();
      expect(kept.filter((each) => !life.before.includes(each))).toEqual([
        expect.stringMatching(/^bucket mooring-foundation-accesslogs/),
        expect.stringMatching(/^bucket mooring-foundation-artifacts/),
        expect.stringMatching(/^bucket mooring-foundation-data/),
        expect.stringMatching(/^bucket mooring-release-accesslogs/),
        expect.stringMatching(/^bucket mooring-release-artifacts/),
        'package group credit-risk-models',
      ]);
      expect(JSON.parse(await life.record('release-credit-risk-v1.0', 'first.json'))).toMatchObject({ version: '1.0' });
      await life.destroy(true);
      expect(await life.listing()).toEqual(life.before);
    },
    10 * minutes,
  );
});
