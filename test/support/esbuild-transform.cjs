// Takes the types off TypeScript for jest, as bin's hook does for the CDK app. Types are checked by `npm run lint`.
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { transformSync, version } = require('esbuild');

const own = readFileSync(__filename);

module.exports = {
  process: (source, filename) => {
    const { code, map } = transformSync(source, {
      loader: 'ts',
      format: 'cjs',
      target: 'node20',
      platform: 'node',
      sourcefile: filename,
      sourcemap: true,
      sourcesContent: false,
    });
    return { code, map };
  },
  getCacheKey: (source, filename, { configString, instrument }) =>
    createHash('sha256')
      .update([version, own, filename, configString, String(instrument), source].join('\0'))
      .digest('hex'),
};
