// What programs of this folder run: the built module of the package, or its source where this is a checkout.
const { existsSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');

const folder = join(__dirname, '..');

/** @param name path below src, without its ending. */
exports.load = (name) => {
  const source = join(folder, 'src', `${name}.ts`);
  // A checkout may hold a build that is older than its sources.
  return existsSync(source) ? bundled(source) : require(join(folder, 'dist', `${name}.js`));
};

function bundled(source) {
  const { outputFiles } = require('esbuild').buildSync({
    entryPoints: [source],
    bundle: true,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    write: false,
    logLevel: 'error',
  });
  const module = new Module(source);
  module.filename = source;
  module.paths = Module._nodeModulePaths(folder);
  process.setSourceMapsEnabled(true);
  module._compile(outputFiles[0].text, source);
  return module.exports;
}
