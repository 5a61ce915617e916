import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateModelCommand,
  CreateProcessingJobCommand,
  DescribeProcessingJobCommand,
} from '@aws-sdk/client-sagemaker';
import type { CreateProcessingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { notContained } from '../../../../../src/services/sagemaker/runtime/jobs/warm-interpreter';
import { bucket, Laptop, output, processing, sklearnImage } from '../../../../support/laptop';
import { createConfig, createEndpoint, invoke, script, variant } from '../../../../support/serving';

/** What an attacker's job tries; prints one line for each with what came of it. */
const attempts = `import json, os, pathlib, signal, socket, subprocess, sys
state, victim, port = sys.argv[1:4]
def attempt(name, work):
    try:
        result = work()
    except BaseException as error:
        result = f"refused: {type(error).__name__}"
    print(f"{name}: {result}", flush=True)
    results[name] = str(result)
results = {}
def write(path):
    pathlib.Path(path).write_text("x")
    return "written"
def connect(host, port):
    socket.create_connection((host, int(port)), timeout=2).close()
    return "connected"
attempt("the account's keys", lambda: "read" if pathlib.Path(state, "keys.json").read_text() else "empty")
attempt("the journal", lambda: write(os.path.join(state, "journal.jsonl")))
attempt("a file of the user", lambda: write(victim))
attempt("an own program", lambda: write("/usr/bin/evil"))
attempt("remount", lambda: subprocess.run(["mount", "-o", "remount,rw", "/"], check=True, capture_output=True) and "remounted")
attempt("unmount", lambda: subprocess.run(["umount", "/opt/ml"], check=True, capture_output=True) and "unmounted")
attempt("remount in namespaces of its own", lambda: subprocess.run(["unshare", "-rm", "mount", "-o", "remount,rw", "/"], check=True, capture_output=True) and "remounted")
attempt("the account's port", lambda: connect("127.0.0.1", port))
attempt("another host", lambda: connect("192.0.2.1", 9))
attempt("its own folder", lambda: write("/opt/ml/processing/output/own.txt"))
attempt("a temporary file", lambda: write(os.path.join(os.environ["TMPDIR"], "x")))
def loopback():
    server = socket.create_server(("127.0.0.1", 0))
    return connect("127.0.0.1", server.getsockname()[1])
attempt("its own loopback", loopback)
pathlib.Path("/opt/ml/processing/output/results.json").write_text(json.dumps(results))
`;

const always = {
  'a file of the user': expect.stringMatching(/^refused/) as string,
  'an own program': expect.stringMatching(/^refused/) as string,
  'the journal': expect.stringMatching(/^refused/) as string,
  "the account's keys": 'empty',
  remount: expect.stringMatching(/^refused/) as string,
  unmount: expect.stringMatching(/^refused/) as string,
  'remount in namespaces of its own': expect.stringMatching(/^refused/) as string,
  'its own folder': 'written',
  'a temporary file': 'written',
  'its own loopback': 'connected',
};

describe('a job that means harm', () => {
  let laptop: Laptop;
  let victim: string;
  let permitted: boolean;

  const run = async (name: string, isolated: boolean): Promise<Readonly<Record<string, string>>> => {
    const port = new URL(laptop.account.endpointUrl()).port;
    const request = {
      ProcessingJobName: name,
      ...processing(
        laptop,
        'attempts.py',
        {
          NetworkConfig: { EnableNetworkIsolation: isolated },
          ProcessingOutputConfig: {
            Outputs: [output('out', '/opt/ml/processing/output', `s3://${bucket}/out/${name}`)],
          },
        },
        [laptop.folder, victim, port],
      ),
    } as unknown as CreateProcessingJobCommandInput;
    await laptop.sagemaker.send(new CreateProcessingJobCommand(request));
    await laptop.account.clock.settled();
    const job = await laptop.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: name }));
    expect(job.FailureReason).toBeUndefined();
    const uri = job.ProcessingOutputConfig?.Outputs?.[0]?.S3Output?.S3Uri ?? '';
    return JSON.parse(await laptop.text(`${uri}/results.json`)) as Readonly<Record<string, string>>;
  };

  beforeAll(async () => {
    // Not below /tmp, of which a job sees its own: a write there would succeed and change nothing.
    victim = join(mkdtempSync('/var/tmp/mooring-victim-'), 'thesis.txt');
    writeFileSync(victim, 'years of work');
    laptop = await Laptop.start({}, join(victim, '..'));
    await laptop.put('code/attempts.py', attempts);
    await laptop.put('code/probe.py', 'print("ready")\n');
    permitted = process.platform === 'linux';
  });
  afterAll(async () => {
    await laptop.stop();
    rmSync(join(victim, '..'), { recursive: true, force: true });
  });

  test('changes nothing but its own folders, and reads no keys; the network of AWS it has', async () => {
    if (!permitted) return;
    expect(await run('files', false)).toEqual({
      ...always,
      "the account's port": 'connected',
      'another host': expect.any(String) as string,
    });
    expect([existsSync('/usr/bin/evil'), readFileSync(victim, 'utf8')]).toEqual([false, 'years of work']);
  });

  test('opens no connection when its network is isolated', async () => {
    if (!permitted) return;
    expect(await run('isolated', true)).toEqual({
      ...always,
      "the account's port": expect.stringMatching(/^refused/) as string,
      'another host': expect.stringMatching(/^refused/) as string,
    });
  });

  test('an isolated model is asked by the account, and asks nobody', async () => {
    if (!permitted) return;
    const { port } = new URL(laptop.account.endpointUrl());
    const code = script.replace(
      'def predict_fn(rows, model):',
      `def predict_fn(rows, model):
    import socket
    try:
        socket.create_connection(("127.0.0.1", ${port}), timeout=2).close()
        return ["connected"]
    except OSError as error:
        return [type(error).__name__]
def before(rows, model):`,
    );
    const ModelDataUrl = await laptop.putTar('models/alone.tar.gz', { 'name.txt': 'alone', 'code/inference.py': code });
    const Environment = {
      SAGEMAKER_PROGRAM: 'inference.py',
      SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
      // Without it a container would ask the package index for the tools that build the script's package.
      PIP_NO_BUILD_ISOLATION: 'false',
    };
    for (const [ModelName, EnableNetworkIsolation] of [
      ['alone', true],
      ['open', false],
    ] as const) {
      const PrimaryContainer = { Image: sklearnImage, ModelDataUrl, Environment };
      await laptop.sagemaker.send(
        new CreateModelCommand({
          ModelName,
          ExecutionRoleArn: laptop.roleArn,
          PrimaryContainer,
          EnableNetworkIsolation,
        }),
      );
      await createConfig(laptop, ModelName, [variant(ModelName)]);
      await createEndpoint(laptop, ModelName, ModelName);
    }
    expect((await invoke(laptop, 'open', '1')).text).toBe('connected');
    expect((await invoke(laptop, 'alone', '1')).text).toBe('ConnectionRefusedError');
  });
});

test('what cannot be contained is a line of the log', () => {
  expect(notContained({ mapping: true, files: true, network: true }, true)).toEqual([]);
  expect(notContained({ mapping: true, files: true, network: false }, false)).toEqual([]);
  expect(notContained({ mapping: false, files: false, network: false }, true)).toEqual([
    'local account: this job is not contained: it can change files of the user who runs the account, and read their keys (the system permits no namespaces)',
    'local account: this job is not contained: it asks for network isolation and has the network of this machine (the system permits no namespaces)',
  ]);
});
