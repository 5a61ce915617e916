import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as dsl from '../src';

const page = join(__dirname, '../../../docs/pipeline-language.md');

/** The TypeScript blocks of docs/pipeline-language.md; the first is the example pipeline. */
export function blocks(): string[] {
  return [...readFileSync(page, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
}

/** The example pipeline of the documentation, built. */
export function exampleOf(): dsl.Pipeline {
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const code = ts.transpileModule(blocks()[0] ?? '', { compilerOptions: options }).outputText;
  const made: { churn?: (role: string, image: string, bucket: string) => dsl.Pipeline } = {};
  new Function('require', 'exports', code)(() => dsl, made);
  const pipeline = made.churn?.('arn:aws:iam::111122223333:role/pipeline', 'registry/image:1', 'bucket');
  if (pipeline === undefined) throw new Error('docs/pipeline-language.md has no example named churn');
  return pipeline;
}
