import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Container, type ImageName, missing } from './image-contract/image';
import { csvRows, Steps } from './image-contract/steps';

// Code starts in the images as it does here: their exact packages, their toolkit, no package index in reach.
const absent = missing('xgboost') ?? missing('scikit-learn');
if (absent !== undefined) console.warn(`skipped: ${absent}`);
const contract = absent === undefined ? describe : describe.skip;
jest.setTimeout(300_000);

/** The variable with which the containers' pip takes the image's own build tools. */
const withTools = { PIP_NO_BUILD_ISOLATION: '0' };
const images: readonly ImageName[] = ['xgboost', 'scikit-learn'];

contract('the standard pipeline, each step in its image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-contract-'));
  const steps = new Steps('credit-risk', folder);
  let server: Container | undefined;
  afterAll(() => {
    steps.remove();
    server?.remove();
    rmSync(folder, { recursive: true });
  });

  test('runs to its end in network isolation, processing and training in different images', () => {
    steps.generate(3000);
    for (const name of steps.names()) steps.run(name);
    expect(new Set(steps.names().map((name) => steps.image(name)))).toEqual(new Set(images));
    const evaluation = JSON.parse(
      readFileSync(join(steps.folders.get('evaluation') ?? '', 'gate.json'), 'utf8'),
    ) as unknown;
    expect(evaluation).toMatchObject({ passed: true });
  });

  describe('served', () => {
    const artefact = (container: Container): void => {
      const model = container.local('/opt/ml/model');
      mkdirSync(model, { recursive: true });
      execFileSync('tar', ['xzf', join(steps.folders.get('model') ?? '', 'model.tar.gz'), '-C', model]);
      // A host cannot write to its model.
      execFileSync('chmod', ['-R', 'a-w', model]);
    };
    afterEach(() => {
      if (server !== undefined) execFileSync('chmod', ['-R', 'u+w', server.local('/opt/ml/model')]);
      server?.remove();
      server = undefined;
    });

    test('answers with what Evaluate found, bit for bit, as CSV and as JSON', async () => {
      server = new Container('xgboost');
      artefact(server);
      const { url, log } = await server.serve(steps.servingEnvironment());
      if (url === undefined) throw new Error(log());
      const header = readFileSync(join(steps.folders.get('test') ?? '', 'test.csv'), 'utf8').split('\n')[0] ?? '';
      const rows = csvRows(join(steps.folders.get('test') ?? '', 'test.csv')).map((row) => row.replace(/,[^,]*$/, ''));
      const predictions = csvRows(join(steps.folders.get('predictions') ?? '', 'predictions.csv'));
      const evaluated = predictions.map((row) => row.split(',').slice(-2).join(','));
      const ask = (body: string, type: string): Promise<Response> =>
        fetch(`${url}/invocations`, { method: 'POST', headers: { 'content-type': type, accept: type }, body });
      const csv = await ask(`${rows.join('\n')}\n`, 'text/csv');
      expect(csv.status).toBe(200);
      expect((await csv.text()).trim().split('\n')).toEqual(evaluated);
      const names = header.split(',').slice(0, -1);
      const instance = Object.fromEntries(names.map((name, at) => [name, rows[0]?.split(',')[at] ?? null]));
      const answer = (await (await ask(JSON.stringify({ instances: [instance] }), 'application/json')).json()) as {
        readonly predictions: readonly { readonly label: number; readonly score: number }[];
      };
      const [first] = answer.predictions;
      expect(`${first?.label},${first?.score}`).toBe(evaluated[0]);
      const bad = await ask('a,b\n', 'text/csv');
      if (bad.status !== 400) throw new Error(log().slice(-3000));
      expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('row 1 has 2 values')]);
    });

    test('never becomes healthy without the variable: the fault that this suite is for', async () => {
      server = new Container('xgboost');
      artefact(server);
      const { PIP_NO_BUILD_ISOLATION: variable, ...before } = steps.servingEnvironment();
      expect(variable).toBe('0');
      const { url, log } = await server.serve(before);
      expect(url).toBeUndefined();
      expect(log()).toContain('No matching distribution found for setuptools>=40.8.0');
      expect(log()).toMatch(/InstallModuleError:\s+Command "\S+ -m pip install \."/);
    });
  });
});

contract.each(images)('script mode in the %s image', (image) => {
  let container: Container;
  beforeEach(() => {
    container = new Container(image);
    const source = join(container.folder, 'source');
    mkdirSync(join(source, 'helpers'), { recursive: true });
    writeFileSync(join(source, 'helpers/__init__.py'), 'ANSWER = 42\n');
    writeFileSync(join(source, 'train.py'), trainingScript);
    writeFileSync(join(source, 'inference.py'), servingScript);
    for (const each of ['/opt/ml/input/data/code', '/opt/ml/model', '/opt/ml/output'])
      mkdirSync(container.local(each), { recursive: true });
    execFileSync('tar', ['czf', container.local('/opt/ml/input/data/code/source.tar.gz'), '-C', source, '.']);
    cpSync(source, container.local('/opt/ml/model/code'), { recursive: true });
    container.write('/opt/ml/input/config/inputdataconfig.json', '{"code":{"TrainingInputMode":"File"}}');
    container.write('/opt/ml/input/config/resourceconfig.json', '{"current_host":"algo-1","hosts":["algo-1"]}');
    container.write(
      '/opt/ml/input/config/hyperparameters.json',
      JSON.stringify({
        depth: '3',
        sagemaker_program: '"train.py"',
        sagemaker_submit_directory: JSON.stringify(container.local('/opt/ml/input/data/code/source.tar.gz')),
      }),
    );
  });
  afterEach(() => container.remove());

  const train = (environment: Readonly<Record<string, string>>) =>
    container.run(['python3', join(__dirname, 'image-contract/start.py'), 'train'], environment);

  test('trains with the variable', () => {
    const { status, output } = train(withTools);
    expect([status, output]).toEqual([0, expect.stringContaining('trained with 3 and 42')]);
    expect(readFileSync(container.local('/opt/ml/model/answer.txt'), 'utf8')).toBe('42');
  });

  test('fails without it: the old layout of this product', () => {
    const { status, output } = train({});
    expect(status).toBe(1);
    expect(output).toContain('No matching distribution found for setuptools>=40.8.0');
    const failure = readFileSync(container.local('/opt/ml/output/failure'), 'utf8');
    expect(failure).toMatch(/^InstallModuleError:\nCommand "\S+python3? -m pip install \."$/);
  });

  test('serves with the variable, packages beside the script included', async () => {
    chmodSync(container.local('/opt/ml/model'), 0o555);
    const environment = { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' };
    const { url, log } = await container.serve({ ...environment, ...withTools });
    if (url === undefined) throw new Error(log());
    const answer = await fetch(`${url}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: '1',
    });
    expect([answer.status, await answer.text()]).toEqual([200, '1 and 42']);
  });
});

const trainingScript = `
import sys
from helpers import ANSWER
print("trained with", sys.argv[sys.argv.index("--depth") + 1], "and", ANSWER)
import os
with open(os.path.join(os.environ["SM_MODEL_DIR"], "answer.txt"), "w") as file:
    file.write(str(ANSWER))
`;
const servingScript = `
from helpers import ANSWER
def model_fn(folder):
    return ANSWER
def input_fn(body, content_type):
    return body
def predict_fn(data, model):
    return f"{data} and {model}"
def output_fn(answer, accept):
    return answer, "text/plain"
`;
