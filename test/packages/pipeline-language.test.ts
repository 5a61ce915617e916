import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf } from '@mooring/pipeline-language/test/example';
import { root } from '../support/app';
import { Outside } from './outside';

describe('pipeline-language, packed and installed into an empty TypeScript project', () => {
  const project = new Outside();
  beforeAll(() => project.install('pipeline-language', 'typescript', '@types/node'), 300_000);
  afterAll(() => project.remove());

  test("compiles the README's example, which passes its checks", async () => {
    const readme = readFileSync(join(root, 'packages/pipeline-language/README.md'), 'utf8');
    const check = `
import { checkDefinition } from '@mooring/pipeline-language/check';
console.log(JSON.stringify(checkDefinition(JSON.parse(pipeline.toJson()))));
console.log(JSON.stringify(checkDefinition({ ...JSON.parse(pipeline.toJson()), Version: 'none' })));
`;
    project.write('example.ts', [...blocksOf(readme), check].join('\n'));
    const compilerOptions = { strict: true, module: 'node16', target: 'es2022', skipLibCheck: false, types: ['node'] };
    project.write('tsconfig.json', JSON.stringify({ compilerOptions: { ...compilerOptions, lib: ['es2023', 'dom'] } }));
    await project.npx('tsc', ['-p', '.']);
    const lines = (await project.run(process.execPath, ['example.js'])).trim().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ Version: '2020-12-01', Steps: expect.any(Array) });
    expect(lines.at(-2)).toBe('[]');
    expect(lines.at(-1)).not.toBe('[]');
  }, 120_000);

  test('a mistake does not compile', async () => {
    project.write(
      'example.ts',
      "import { FailStep } from '@mooring/pipeline-language';\nnew FailStep('No', { message: 7 });\n",
    );
    await expect(project.npx('tsc', ['-p', '.'])).rejects.toThrow(/example\.ts\(2,\d+\): error TS2322/);
  }, 120_000);
});
