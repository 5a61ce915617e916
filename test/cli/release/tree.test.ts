import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UseCase } from '@mooring/use-case/use-case';
import { runTests, treeProblems } from '../../../cli/release/tree';

const useCase = { name: 'rain', version: '1.0' } as UseCase;

/** A checkout that may be released, with a remote. */
class Tree {
  readonly folder = mkdtempSync(join(tmpdir(), 'mooring-tree-'));
  readonly root = join(this.folder, 'checkout');

  constructor() {
    execFileSync('git', ['init', '--quiet', '--bare', join(this.folder, 'remote.git')]);
    execFileSync('git', ['init', '--quiet', this.root]);
    this.git('remote', 'add', 'origin', join(this.folder, 'remote.git'));
    this.write('CHANGELOG.md', '# Changelog\n\n## rain 1.0\n\nFirst.\n');
    this.commit();
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.root, file), text);
  }

  git(...args: readonly string[]): void {
    const who = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.com'];
    execFileSync('git', ['-C', this.root, ...who, ...args], { stdio: 'ignore' });
  }

  commit(): void {
    this.git('add', '.');
    this.git('commit', '--quiet', '--message', 'a change');
  }

  get project() {
    return { root: this.root, work: this.folder, state: '', assembly: '', python: '' };
  }

  problems(version = '1.0', of = useCase): readonly string[] {
    return treeProblems(this.project, of, version, 'release', 'origin');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe('a tree that is about to be released', () => {
  const trees: Tree[] = [];
  const tree = (): Tree => {
    const made = new Tree();
    trees.push(made);
    return made;
  };
  afterAll(() => trees.forEach((each) => each.remove()));

  test('may be released when nothing is wrong', () => {
    expect(tree().problems()).toEqual([]);
  });

  test('must be clean', () => {
    const dirty = tree();
    dirty.write('new.txt', 'x');
    expect(dirty.problems()).toEqual(['the tree has 1 uncommitted changes (?? new.txt ...); commit them']);
  });

  test('must not have the tag already, here or at the remote', () => {
    const tagged = tree();
    tagged.git('tag', 'release-rain-v1.0');
    expect(tagged.problems()).toEqual([
      'the tag release-rain-v1.0 exists already; choose the next version, tags are never moved',
    ]);
    tagged.git('push', 'origin', 'release-rain-v1.0');
    tagged.git('tag', '--delete', 'release-rain-v1.0');
    expect(tagged.problems()).toEqual([
      'origin has the tag release-rain-v1.0 already; fetch it and choose the next version',
    ]);
  });

  test('must tell the version in its changelog, and no other one', () => {
    const silent = tree();
    silent.write('CHANGELOG.md', '# Changelog\n\n## rain 1.0.1\n\nrain 1.0 in a sentence\n');
    silent.commit();
    expect(silent.problems()).toEqual([
      expect.stringMatching(/^CHANGELOG\.md has no entry for rain 1\.0; add a heading/),
    ]);
  });

  test('lists all that is wrong at once', () => {
    const wrong = tree();
    wrong.write('new.txt', 'x');
    expect(wrong.problems('2')).toEqual([
      expect.stringContaining("'2' is no version"),
      expect.stringContaining('use-case.yaml says version 1.0'),
      expect.stringContaining('uncommitted'),
      expect.stringContaining('CHANGELOG.md has no entry for rain 2'),
    ]);
  });

  test('must pass its tests; the last lines of a failure are shown', () => {
    const tested = tree();
    const script = (command: string): void =>
      tested.write('package.json', JSON.stringify({ scripts: { 'test:release': command } }));
    script('exit 0');
    expect(() => runTests(tested.project)).not.toThrow();
    script('echo "rain.test.ts: 1 failed" && exit 3');
    expect(() => runTests(tested.project)).toThrow(/nothing was tagged:\n.*rain\.test\.ts: 1 failed/s);
  });
});
