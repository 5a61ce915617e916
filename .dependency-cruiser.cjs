// The rules are in tools/lint/boundaries.ts.
require('./bin/typescript.cjs');
const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
const { rulesOf } = require('./tools/lint/boundaries.ts');

const packages = readdirSync(join(__dirname, 'packages'));

/** Source files that a manifest exports, as regular expressions; those below `src/` and `test/` by their own name are for tests. */
function published(name) {
  const manifest = JSON.parse(readFileSync(join(__dirname, 'packages', name, 'package.json'), 'utf8'));
  return Object.entries(manifest.exports)
    .filter(([key, target]) => !/^\.\/(src|test)\//.test(key) && typeof target === 'object')
    .map(([, target]) => target['mooring-source'].slice(2).replaceAll('.', '\\.').replace('*', '.+'));
}

module.exports = {
  forbidden: rulesOf(Object.fromEntries(packages.map((name) => [name, published(name)]))),
  options: {
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: ['(^|/)(dist|fixtures|cdk\\.out|goldens)/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['mooring-source', 'import', 'require', 'node', 'default', 'types'],
    },
  },
};
