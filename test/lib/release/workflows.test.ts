import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../../support/app';

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(root, '.github/workflows');
const files = readdirSync(folder).filter((name) => name.endsWith('.yml'));

/** References to actions that name a tag or branch: whoever owns the action can move those. */
const unpinnedActions = (text: string): readonly string[] =>
  [...text.matchAll(/uses:\s*(\S+)/g)]
    .map(([, action = '']) => action)
    .filter((action) => !/@[0-9a-f]{40}$/.test(action));

describe('a workflow', () => {
  test.each(files)('%s pins every action by commit', (file) => {
    expect(unpinnedActions(readFileSync(join(folder, file), 'utf8'))).toEqual([]);
  });

  test.each(files)('%s declares its permissions, writes no contents, and every job ends', (file) => {
    const workflow = parse(readFileSync(join(folder, file), 'utf8')) as Workflow;
    expect(workflow.permissions).toBeDefined();
    for (const job of Object.values(workflow.jobs)) {
      expect(job['timeout-minutes']).toBeGreaterThan(0);
      expect({ ...workflow.permissions, ...job.permissions }['contents']).toBe('read');
    }
  });
});

describe('the check of pinned actions', () => {
  test('finds a tag', () => {
    expect(unpinnedActions('- uses: actions/checkout@v4')).toEqual(['actions/checkout@v4']);
  });
});
