#!/usr/bin/env node
// Used instead of Docker against the local account: CDK_DOCKER names this file (see stand-in.ts).
const { load } = require('./load.cjs');

process.exitCode = 1;
load('services/codebuild/runtime/docker/stand-in')
  .main(process.argv.slice(2), process)
  .then((code) => (process.exitCode = code));
