import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../support/app';

const installer = pathToFileURL(join(root, 'bin/setup/install.mjs')).href;
const locked = { '': { version: '1.0.0' }, a: { version: '1.2.3' }, b: { version: '2.0.0', optional: true } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'install-'));
  mkdirSync(join(folder, 'node_modules'));
  write('package-lock.json', locked);
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (file: string, packages: unknown): void =>
  writeFileSync(join(folder, file), JSON.stringify({ packages }));

/** In a process of its own, because jest loads no ES modules. */
const npmHasInstalled = (): boolean =>
  execFileSync(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { npmHasInstalled } from '${installer}'; console.log(npmHasInstalled(${JSON.stringify(folder)}));`,
  ])
    .toString()
    .trim() === 'true';

describe('a checkout in which somebody ran npm ci', () => {
  test.each([
    ['needs nothing when the record has every version', { a: locked.a, b: locked.b }, true],
    ['needs nothing when only a package of another platform is missing', { a: locked.a }, true],
    ['is installed again when a version differs', { a: { version: '1.2.2' }, b: locked.b }, false],
    ['is installed again when a package is missing', { b: locked.b }, false],
  ])('%s', (_, packages, expected) => {
    write('node_modules/.package-lock.json', packages);
    expect(npmHasInstalled()).toBe(expected);
  });

  test('is installed again when npm did not come to its end', () => {
    expect(npmHasInstalled()).toBe(false);
  });
});
