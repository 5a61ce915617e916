import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HostEnvironment, type Purpose } from '../../src/core/host-environment';
import { environmentOf } from '../../src/services/codebuild/runtime/environment';
import type { Build, BuildRequest } from '../../src/services/codebuild/runtime/build';
import type { BuildSpec } from '../../src/services/codebuild/runtime/buildspec';
import { freshFolder, dropFolders } from '../support/account';
import { EventSide } from '../support/event-side';
import { Laptop, processing } from '../support/laptop';

/** What shells of people hold. Every value says what it is, so that one look at an environment finds it. */
const secrets = {
  GITHUB_TOKEN: 'secret',
  NPM_TOKEN: 'secret',
  'npm_config_//registry.example/:_authToken': 'secret',
  OPENAI_API_KEY: 'secret',
  DATABASE_URL: 'postgres://user:secret@db.example/x',
  PGPASSWORD: 'secret',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_PROFILE: 'secret',
  GOOGLE_APPLICATION_CREDENTIALS: 'secret',
  SSH_AUTH_SOCK: 'secret',
  KUBECONFIG: 'secret',
  MOORING_SETTING: 'secret',
  NODE_OPTIONS: '--require secret',
  LD_PRELOAD: 'secret',
  PYTHONPATH: 'secret',
  GIT_DIR: 'secret',
  HTTPS_PROXY: 'http://user:secret@proxy.example',
  PIP_INDEX_URL: 'https://user:secret@index.example/simple',
};
const shell = { ...secrets, PATH: process.env['PATH'], HOME: '/home/someone', LANG: 'C.UTF-8' };

afterAll(() => dropFolders());

describe('what a program sees of the environment of the account', () => {
  test.each<Purpose>(['function', 'job', 'build', 'tool'])(
    'for a %s is listed, and no secret is in the list',
    (purpose) => {
      const seen = new HostEnvironment(shell).for(purpose);
      expect(seen.PATH).toBe(shell.PATH);
      expect(JSON.stringify(seen)).not.toContain('secret');
    },
  );

  test('has proxies and package indexes for builds, unless a password is in them', () => {
    const plain = { HTTPS_PROXY: 'http://proxy.example:3128', PIP_INDEX_URL: 'https://index.example/simple' };
    expect(new HostEnvironment({ ...shell, ...plain }).for('build')).toMatchObject(plain);
    expect(new HostEnvironment(plain).for('job')).toEqual({});
  });

  test('cannot be handed on as a whole', () => {
    const host = new HostEnvironment(shell);
    expect(JSON.stringify({ ...host })).toBe('{}');
    expect(JSON.stringify(host)).toBe('{}');
  });

  test('is asked for by every program that the account starts, and nothing else reads process.env', () => {
    const root = join(__dirname, '../../src');
    const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }));
    const reading = sources.filter(({ text }) => /process\.env\b/.test(text.replaceAll(/\/\*\*[^]*?\*\/|\/\/.*/g, '')));
    expect(reading.map(({ name }) => name)).toEqual(['account.ts']);
    // A call without `env` would inherit everything.
    const calls = sources.flatMap(({ name, text }) =>
      [...text.matchAll(/(?<!\.)\b(?:spawn|fork|execFile|exec|run)\((?:[^()]|\([^()]*\))*\)/g)]
        .filter(([call]) => /child_process/.test(text) && /^(spawn|fork|exec)|^run\(('git'|python)/.test(call))
        .map(([call]) => [name, /\benv\b/.test(call)]),
    );
    expect(calls.length).toBeGreaterThanOrEqual(5);
    expect(calls.filter(([, given]) => given !== true)).toEqual([]);
  });
});

describe('the secrets of the shell that the account was started from', () => {
  test('are not in a build', () => {
    const build = { id: 'b', arn: 'arn', number: 1, initiator: 'me', logStream: 'stream' } as Build;
    const project = { serviceRole: 'role', image: 'image', environment: [{ name: 'OWN', value: 'own' }] };
    const environment = environmentOf(
      {
        host: new HostEnvironment(shell),
        iam: { credentialsFor: () => ({ AWS_ACCESS_KEY_ID: 'ASIA' }) } as never,
      },
      {
        build,
        request: { project, variables: [] } as unknown as BuildRequest,
        spec: { variables: {} } as BuildSpec,
        folder: freshFolder(),
        tools: freshFolder(),
      },
    );
    expect(environment).toMatchObject({ OWN: 'own', AWS_ACCESS_KEY_ID: 'ASIA', HOME: '/home/someone' });
    expect(JSON.stringify(environment)).not.toContain('secret');
  });

  test('are not in a function', async () => {
    const side = await new EventSide(secrets).up();
    await side.function('shows', 'exports.handler = async () => process.env;');
    const { payload } = await side.account.parts.peer('lambda').invoke('shows', {});
    expect(payload).toMatchObject({ AWS_LAMBDA_FUNCTION_NAME: 'shows' });
    expect(JSON.stringify(payload)).not.toContain('secret');
    await side.down();
  });

  test('are not in a job', async () => {
    const laptop = await Laptop.start(secrets);
    await laptop.put('code/shows.py', 'import json, os\nprint(json.dumps(dict(os.environ)))\nraise SystemExit(3)');
    await laptop.pipeline('shows', [{ Name: 'Show', Type: 'Processing', Arguments: processing(laptop, 'shows.py') }]);
    const { steps } = await laptop.run('shows');
    const reason = steps.Show?.FailureReason ?? '';
    const log = readFileSync(/Log: (\S+)/.exec(reason)?.[1] ?? '', 'utf8');
    expect(log).toContain('AWS_ENDPOINT_URL');
    expect(log).not.toContain('secret');
    expect(log).not.toContain(laptop.account.keys.secretAccessKey);
    await laptop.stop();
  }, 60_000);
});
