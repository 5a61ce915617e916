'use strict';

/**
 * Announces a push to the local account that owns the repository, and prints which releases it starts.
 * Run by the repository's hook: announce-push.cjs <state folder> <owner/name>
 */
const { createHash, createHmac } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { SignatureV4 } = require('@smithy/signature-v4');

const [, , state, repository] = process.argv;
const later = 'the local account is not running; it will notice this push when it starts (npx mooring up)';
const print = (text) => process.stdout.write(`${text}\n`);
const read = (name) => JSON.parse(readFileSync(join(state, name), 'utf8'));

class Sha256 {
  constructor(secret) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }
  update(data) {
    this.hash.update(data);
  }
  digest() {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }
}

async function announce(url) {
  const { accessKeyId, secretAccessKey } = read('keys.json');
  const signer = new SignatureV4({
    service: 'mooring',
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
  });
  const { hostname, host, protocol } = new URL(url);
  const path = '/_local/git/pushed';
  const body = JSON.stringify({ repository });
  const headers = { host, 'content-type': 'application/json' };
  const signed = await signer.sign({ method: 'POST', protocol, hostname, path, headers, body });
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers: signed.headers, body });
  const { started = [], message } = await answer.json();
  if (message !== undefined) print(message);
  else if (started.length === 0) print('no release starts: no pushed tag passes the filters of a pipeline');
  for (const { pipeline, tag, executionId } of started) print(`${pipeline}: ${tag} starts execution ${executionId}`);
}

/** Where the account listens; undefined when none runs. */
function address() {
  try {
    return read('lock.json').url;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const url = address();
if (url === undefined) print(later);
else
  announce(url).catch((error) => {
    // A lock that a killed account left behind names an address where nobody listens.
    if (error.cause?.code !== 'ECONNREFUSED') print(`the account was not notified: ${error.message}`);
    print(later);
  });
