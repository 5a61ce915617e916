import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as language from '../src';

const page = join(__dirname, '../README.md');

/** The TypeScript blocks of a page. */
export const blocksOf = (text: string): string[] =>
  [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? '');

/** The README's example, which the page in docs shows as well. */
export const example = (): string => blocksOf(readFileSync(page, 'utf8'))[0] ?? '';

/** The same, built. */
export function exampleOf(): language.Pipeline {
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const code = ts.transpileModule(example(), { compilerOptions: options }).outputText;
  const made: { churn?: (role: string, image: string, bucket: string) => language.Pipeline } = {};
  new Function('require', 'exports', code)(() => language, made);
  const pipeline = made.churn?.('arn:aws:iam::111122223333:role/pipeline', 'registry/image:1', 'bucket');
  if (pipeline === undefined) throw new Error('the README has no example named churn');
  return pipeline;
}
