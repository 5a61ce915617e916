import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { checkDefinition, toTable } from '@mooring/pipeline-language';
import { blocksOf, example, exampleOf } from '@mooring/pipeline-language/test/example';
import { put } from '@mooring/pipeline-language/test/mutate';
import { current, withReference } from '../../tools/generate/language-reference';

const folder = __dirname;

/** Compiler messages for files that exist only here, as `file:line`. */
function compile(sources: Readonly<Record<string, string>>): string[] {
  const root = join(folder, '../..');
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.parseJsonConfigFileContent({ ...(config.config as object), include: [] }, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const virtual = new Map(Object.entries(sources).map(([name, text]) => [join(folder, name), text]));
  const { fileExists, readFile } = host;
  host.fileExists = (path) => virtual.has(path) || fileExists(path);
  host.readFile = (path) => virtual.get(path) ?? readFile(path);
  host.getSourceFile = (path, language) => {
    const text = host.readFile(path);
    return text === undefined ? undefined : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([...virtual.keys()], { ...options, types: ['node'], noUnusedLocals: false }, host);
  return [...virtual.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    return program.getSemanticDiagnostics(source).map((found) => {
      const line = source === undefined ? 0 : source.getLineAndCharacterOfPosition(found.start ?? 0).line + 1;
      return `${basename(path)}:${line}`;
    });
  });
}

describe('the page about the language', () => {
  test('has the reference that its types and comments give (node --require ./bin/typescript.cjs tools/generate/language-reference.ts)', () => {
    expect(withReference(current())).toBe(current());
  }, 180_000);

  test("has the example of the package's README", () => {
    expect(blocksOf(current())[0]).toBe(example());
  });

  test('shows the graph that the example has', () => {
    expect(current()).toContain(`\`\`\`\n${exampleOf().graph().toText()}\n\`\`\``);
  });
});

describe('the example with two mistakes', () => {
  test('gives the table that the page shows', () => {
    const broken = exampleOf().render();
    put('Train', 'Arguments.ResourceConfig.InstanceType', 'ml.m5.huge')(broken);
    put('Train', 'DependsOn', ['Prepair'])(broken);
    expect(current()).toContain(`\`\`\`\n${toTable(checkDefinition(broken))}\n\`\`\``);
  });
});

describe('mistakes that the compiler finds', () => {
  const wrong = `
import { FailStep, IntegerParameter, LambdaStep, ProcessingStep, TrainingStep, deployTime, join, processingCluster, scriptJob, trainingJob } from '@mooring/pipeline-language';
const job = { role: 'r', image: 'i', instance: 'ml.m5.large', code: 's3://b/c' } as const;
const count = new IntegerParameter('Count');
const prepare = new ProcessingStep('Prepare', { arguments: scriptJob({ ...job, script: 'p.py', outputs: { train: 's3://b/t' } }), propertyFiles: { Report: { output: 'train', path: 'r.json' } } });
export const a = prepare.output('trian');
export const b = prepare.file('Rapport');
export const c = processingCluster('ml.m5.huge');
export const d = new FailStep('No', { message: count });
export const e = new TrainingStep('T', { arguments: { ...trainingJob({ ...job, channels: {}, output: 's3://b/m' }), DebugHookConfig: { S3OutputPath: 's3://b/d' } } });
export const f: string = prepare.output('train');
const ask = new LambdaStep('Ask', { functionArn: 'arn', outputs: { score: 'Float' } });
export const g = ask.output('points');
export const h = new TrainingStep('T', { arguments: trainingJob({ ...job, channels: {}, output: 's3://b/m' }), retry: [{ on: ['Step.THROTTLING'], maxAttempts: 1, expireAfterMinutes: 1 }] });
export const right = [prepare.output('train'), processingCluster(deployTime('token')), new FailStep('No', { message: count.asString() }), join('', [count]), ask.output('score')];
`;

  test('are reported on the lines that have them, and nowhere else; the example of the page has none', () => {
    const found = compile({ 'page.ts': example(), 'wrong.ts': wrong });
    expect([...new Set(found)]).toEqual([6, 7, 8, 9, 10, 11, 13, 14].map((line) => `wrong.ts:${line}`));
  }, 180_000);
});
