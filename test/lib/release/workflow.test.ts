import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { pinned } from '../../../lib/release/pinned';
import { root } from '../../support/app';
import { unpinnedIn } from '../../support/pins';

interface Step {
  readonly run?: string;
  readonly uses?: string;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly if?: string;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: { readonly push: { readonly tags: readonly string[]; readonly branches?: unknown } };
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const text = readFileSync(join(root, '.github/workflows/release.yml'), 'utf8');
const workflow = parse(text) as Workflow;
const commandsOf = (job: string): string =>
  (workflow.jobs[job]?.steps ?? []).flatMap(({ run }) => run ?? []).join('\n');

/** Structure and agreement with the release's tools; actionlint checks syntax and expressions (docs/releasing.md). */
describe('the workflow for GitHub Actions', () => {
  test('starts on tags only, queues, and may do no more than read and sign in', () => {
    expect(Object.keys(workflow.on)).toEqual(['push']);
    expect(Object.keys(workflow.on.push)).toEqual(['tags']);
    expect(workflow.concurrency).toEqual({ group: 'release', 'cancel-in-progress': false });
    expect(workflow.permissions).toEqual({});
    expect(Object.entries(workflow.jobs).map(([name, { permissions }]) => [name, permissions])).toEqual([
      ['build', { contents: 'read' }],
      ['staging', { contents: 'read', 'id-token': 'write' }],
      ['production', { contents: 'read', 'id-token': 'write' }],
    ]);
  });

  test('installs nothing that is not pinned, and the same CDK CLI as the pipeline', () => {
    expect(unpinnedIn(text)).toEqual([]);
    expect([...text.matchAll(/aws-cdk@(\S+)/g)].map(([, version]) => version)).toEqual([pinned.cdkCli, pinned.cdkCli]);
  });

  test('takes the same steps in the same order as the pipeline', () => {
    const tools = (job: string): readonly string[] =>
      [...commandsOf(job).matchAll(/release\.mjs ([a-z-]+)/g)].map(([, command = '']) => command);
    expect(tools('build')).toEqual(['tag']);
    expect(tools('staging')).toEqual(['train', 'deploy', 'system-tests', 'summary']);
    expect(tools('production')).toEqual(['deploy', 'smoke-test']);
    const known = readFileSync(join(root, 'cli/release/build/release.ts'), 'utf8');
    for (const command of ['tag', 'train', 'deploy', 'system-tests', 'summary', 'smoke-test'])
      expect(known).toMatch(new RegExp(`^  '?${command}'?: `, 'm'));
  });

  test('calls scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Readonly<Record<string, string>>;
    };
    for (const [, script = ''] of text.matchAll(/npm run (\S+)/g)) expect(Object.keys(scripts)).toContain(script);
    for (const [, file = ''] of text.matchAll(/node (scripts\/\S+)/g)) expect(existsSync(join(root, file))).toBe(true);
  });

  test('goes to production after staging, for releases only, when reviewers agree', () => {
    expect(workflow.jobs['production']).toMatchObject({
      needs: ['build', 'staging'],
      if: "needs.build.outputs.kind == 'release'",
      environment: 'production',
    });
  });
});
