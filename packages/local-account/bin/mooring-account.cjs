#!/usr/bin/env node
const { load } = require('./load.cjs');

// The SDK's signer announces the end of Node.js 20 on every start; engines in package.json says what we support.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
load('cli/program')
  .main(process.argv, process)
  .then((code) => (process.exitCode = code));
