import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describeError } from '../../../cli/shared/errors';
import { watchAccount } from '../../../cli/shared/patience';
import { signedFetch } from '@mooring/local-account';

const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'x'.repeat(40) };

/** A server that treats every request the same. */
async function serving(answer: Parameters<typeof createServer>[1]): Promise<{ endpoint: string; server: Server }> {
  const server = createServer(answer ?? (() => undefined));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe('an account that dies', () => {
  test.each([
    [
      'refuses connections',
      async () => {
        const { endpoint, server } = await serving(undefined);
        await new Promise((done) => server.close(done));
        return endpoint;
      },
    ],
    [
      'breaks off',
      async () => {
        const { endpoint, server } = await serving((request) => request.socket.destroy());
        server.unref();
        return endpoint;
      },
    ],
    [
      'breaks off in the middle of an answer',
      async () => {
        const { endpoint, server } = await serving((request, response) => {
          response.writeHead(200, { 'content-length': '100', 'content-type': 'application/x-amz-json-1.1' });
          response.write('{"PipelineSummaries"', () => request.socket.destroy());
        });
        server.unref();
        return endpoint;
      },
    ],
  ])('%s: every way to ask says so without a stack', async (_, start) => {
    const endpoint = await start();
    const errors = await Promise.all([
      signedFetch(`${endpoint}/_local/clock`, keys, { method: 'GET' }).catch((error: unknown) => error),
      fetch(endpoint)
        .then((answer) => answer.text())
        .catch((error: unknown) => error),
    ]);
    // As the SDK's clients word it: the test's sandbox has another class of errors than they expect.
    const ofSdk = Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
    for (const error of [...errors, ofSdk]) {
      const { text, defect } = describeError(error);
      expect({ text, defect }).toEqual({
        text: expect.stringMatching(
          /^the local account ended while this command was waiting for it \([A-Z_]+\)/,
        ) as string,
        defect: false,
      });
    }
  });
});

test('an account that hangs is named while the command waits, and again when it answers', async () => {
  let hangs = true;
  const { endpoint, server } = await serving((_, response) => void (hangs || response.end('{}')));
  const said: string[] = [];
  const end = watchAccount({ endpoint, keys }, 42, (text) => said.push(text), 50);
  await pause(300);
  hangs = false;
  await pause(300);
  end();
  server.closeAllConnections();
  server.close();
  expect(said).toEqual([expect.stringContaining('(process 42, ') as string, 'the local account answers again']);
});

test('an answer may take as long as it takes', async () => {
  const { endpoint, server } = await serving((_, response) => void setTimeout(() => response.end('{"a":1}'), 400));
  await expect(signedFetch(endpoint, keys, { method: 'GET' }).then((answer) => answer.json())).resolves.toEqual({
    a: 1,
  });
  await expect(signedFetch(endpoint, keys, { method: 'GET', patience: 100 })).rejects.toThrow(
    'has not answered for 100 ms',
  );
  server.closeAllConnections();
  server.close();
});
