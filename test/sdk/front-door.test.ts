import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { doorUseCase } from '../support/door-use-case';
import { FrontDoor } from '../support/front-door';

const schemathesis = resolve(__dirname, '../../.venvs/clients/bin/schemathesis');
const installed = existsSync(schemathesis);
if (!installed) console.warn('skipped: schemathesis is not installed; run `npm test sdk`, which installs it');

const api = {
  authorization: { type: 'jwt', issuer: 'https://login.example.com/', audience: ['doors'], scopes: ['predict'] },
  throttling: { rate: 10_000, burst: 5_000 },
};

(installed ? describe : describe.skip)('a property-based tester that knows nothing but the OpenAPI document', () => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await FrontDoor.open(doorUseCase(api));
    await door.serve(3);
  });
  afterAll(() => door.close());

  test('finds no answer that the document does not promise', async () => {
    const { code, output, tested } = await fuzz(door, ['--exclude-path', '/labels', '--max-examples', '400']);
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    expect(tested).toBeGreaterThan(300);
    // It got through to the model, and not only to the checks.
    expect(door.invocations()).toBeGreaterThan(50);
  }, 240_000);

  test('finds nothing about labels, but that a batch with bad labels counts for its good ones, which is meant', async () => {
    const labels = [
      '--include-path',
      '/labels',
      '--exclude-checks',
      'negative_data_rejection',
      '--max-examples',
      '100',
    ];
    const { code, output, tested } = await fuzz(door, labels);
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    expect(tested).toBeGreaterThan(100);
  }, 240_000);
});

async function fuzz(
  door: FrontDoor,
  more: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string; readonly tested: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-schemathesis-'));
  const args = [
    ...[
      'run',
      `${door.url}/openapi.json`,
      '--url',
      door.url,
      '--header',
      `Authorization: Bearer ${await door.token()}`,
    ],
    ...['--checks', 'all', '--seed', '1', '--phases', 'examples,coverage,fuzzing'],
    ...['--generation-database', 'none', '--continue-on-failure', '--no-color', ...more],
  ];
  try {
    return await new Promise((done, fail) => {
      const child = spawn(schemathesis, args, { cwd: folder, env: { ...process.env, NO_PROXY: '127.0.0.1' } });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.on('error', fail);
      child.on('close', (code) => {
        const tested = Number(/(\d+) generated/.exec(output.replace(/,/g, ''))?.[1] ?? 0);
        done({ code, output, tested });
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
