// Lets Node run our TypeScript: `node --require ./scripts/typescript.cjs bin/app.ts`.
// esbuild takes the types off each file as it is loaded, which costs a tenth of what the TypeScript compiler takes to start
// (docs/decisions/0060-synth-without-a-compiler.md). Types are checked by `npm run lint`, not here.
const { readFileSync } = require('node:fs');
const { transformSync } = require('esbuild');

process.setSourceMapsEnabled(true);
require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    loader: 'ts',
    format: 'cjs',
    target: 'node20',
    sourcefile: filename,
    sourcemap: 'inline',
    sourcesContent: false,
  });
  module._compile(code, filename);
};
