import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../support/app';

const files = [
  'lambda/deploy/endpoint.ts',
  'test/lambda/deploy/endpoint.test.ts',
  'test/lambda/deploy/gate.test.ts',
  'test/lambda/trial/variants.test.ts',
  'packages/local-account/src/services/sns/api/topic.ts',
  'packages/local-account/test/services/sns/messaging.test.ts',
  'python/mooring-monitor/src/mooring_monitor/drift/detectors/psi.py',
  'python/mooring-monitor/tests/drift/detectors/test_psi.py',
  'python/mooring-monitor/tests/drift/test_report.py',
];

/** Tests that an argument means. Jest cannot import an ES module, so a process of its own is asked. */
function testsOf(argument: string): unknown {
  const module = pathToFileURL(join(root, 'tools/test/selection.mjs')).href;
  const script = `import { testsOf } from '${module}';
    console.log(JSON.stringify(testsOf(...JSON.parse(process.argv[1]))));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script, JSON.stringify([argument, files])], {
      encoding: 'utf8',
    }),
  );
}

describe('an argument of npm test', () => {
  test.each([
    ['test/lambda/deploy/gate.test.ts', ['test/lambda/deploy/gate.test.ts'], []],
    ['test/lambda/deploy/', ['test/lambda/deploy/endpoint.test.ts', 'test/lambda/deploy/gate.test.ts'], []],
    ['lambda/deploy', ['test/lambda/deploy/endpoint.test.ts', 'test/lambda/deploy/gate.test.ts'], []],
    ['lambda/deploy/endpoint.ts', ['test/lambda/deploy/endpoint.test.ts'], []],
    ['packages/local-account/src/services/sns', ['packages/local-account/test/services/sns/messaging.test.ts'], []],
    [
      'python/mooring-monitor/src/mooring_monitor/drift/detectors/psi.py',
      [],
      ['python/mooring-monitor/tests/drift/detectors/test_psi.py'],
    ],
    ['variants', ['test/lambda/trial/variants.test.ts'], []],
    ['psi', [], ['python/mooring-monitor/tests/drift/detectors/test_psi.py']],
    ['nothing-like-it', [], []],
  ])('%s', (argument, jest, pytest) => {
    expect(testsOf(argument)).toEqual({ jest, pytest });
  });
});
