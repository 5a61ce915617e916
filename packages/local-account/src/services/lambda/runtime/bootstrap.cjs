// Runs a function's handler: a client of the Lambda Runtime API, started by worker.ts in a process of its own.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
'use strict';
const { existsSync } = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { format } = require('node:util');

const env = process.env;
const [host, ...prefix] = env.AWS_LAMBDA_RUNTIME_API.split('/');
const base = `/${[...prefix, '2018-06-01/runtime'].join('/')}`;
const agent = new http.Agent({ keepAlive: true });
let requestId = '';

function call(method, path, body) {
  return new Promise((done, fail) => {
    const [hostname, port] = host.split(':');
    const request = http.request(
      { hostname, port, agent, method, path: `${base}${path}`, headers: { 'content-type': 'application/json' } },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => done({ headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }));
        response.on('error', fail);
      },
    );
    request.on('error', fail);
    request.end(body);
  });
}

/**
 * Custom resources answer to a URL that is HTTPS on AWS, and helper functions take that for granted: they keep its host and
 * path and speak HTTPS to port 443. The account's endpoint speaks HTTP on its own port, so such requests are sent there.
 */
function rerouteResponseUrls() {
  if (env.AWS_ENDPOINT_URL === undefined) return;
  const endpoint = new URL(env.AWS_ENDPOINT_URL);
  const request = https.request;
  https.request = (options, ...rest) =>
    options?.hostname === endpoint.hostname
      ? http.request({ ...options, protocol: 'http:', port: endpoint.port }, ...rest)
      : request(options, ...rest);
}

/** Lines as Lambda writes them: time, request id, level, text. All levels go to standard output. */
function patchConsole() {
  for (const [method, level] of Object.entries({
    log: 'INFO',
    info: 'INFO',
    warn: 'WARN',
    error: 'ERROR',
    debug: 'DEBUG',
    trace: 'TRACE',
  })) {
    console[method] = (...parts) => {
      const text = format(...parts);
      const line =
        env.AWS_LAMBDA_LOG_FORMAT === 'JSON'
          ? jsonLine(level, text)
          : `${new Date().toISOString()}\t${requestId}\t${level}\t${text}`;
      process.stdout.write(`${line.replace(/\n/g, '\r')}\n`);
    };
  }
}

function jsonLine(level, message) {
  return JSON.stringify({ timestamp: new Date().toISOString(), level, requestId, message });
}

function described(error) {
  if (error instanceof Error)
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  return { errorType: typeof error, errorMessage: typeof error === 'string' ? error : format(error), trace: [] };
}

async function loadHandler() {
  const [, folder, module, name] = /^(.*\/)?([^/.]+)\.(.+)$/.exec(env._HANDLER) ?? [];
  if (module === undefined)
    throw Object.assign(new Error(`Bad handler '${env._HANDLER}'`), { name: 'Runtime.MalformedHandlerName' });
  const path = join(env.LAMBDA_TASK_ROOT, folder ?? '', module);
  const file = ['.js', '.mjs', '.cjs'].map((extension) => path + extension).find((each) => existsSync(each));
  if (file === undefined)
    throw Object.assign(new Error(`Error: Cannot find module '${module}'`), { name: 'Runtime.ImportModuleError' });
  const loaded = await load(file);
  const handler = name.split('.').reduce((found, part) => found?.[part], loaded);
  if (typeof handler !== 'function')
    throw Object.assign(new Error(`${env._HANDLER} is undefined or not exported`), { name: 'Runtime.HandlerNotFound' });
  return handler;
}

async function load(file) {
  if (file.endsWith('.mjs')) return import(pathToFileURL(file).href);
  try {
    return require(file);
  } catch (error) {
    if (
      error.code === 'ERR_REQUIRE_ESM' ||
      error.code === 'ERR_REQUIRE_ASYNC_MODULE' ||
      (error instanceof SyntaxError && /import statement|Unexpected token 'export'/.test(error.message))
    )
      return import(pathToFileURL(file).href);
    throw error;
  }
}

function contextOf(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    awsRequestId: requestId,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
  };
}

/** Promise handlers, and those of three parameters that call back. */
function run(handler, event, context) {
  return new Promise((done, fail) => {
    const callback = (error, result) => (error === null || error === undefined ? done(result) : fail(error));
    const returned = handler(event, context, callback);
    if (returned !== undefined && typeof returned?.then === 'function') returned.then(done, fail);
    else if (handler.length < 3) done(returned);
  });
}

async function main() {
  patchConsole();
  rerouteResponseUrls();
  let handler;
  try {
    handler = await loadHandler();
  } catch (error) {
    await call('POST', '/init/error', JSON.stringify(described(error)));
    process.exit(1);
  }
  for (;;) {
    const next = await call('GET', '/invocation/next');
    requestId = next.headers['lambda-runtime-aws-request-id'];
    env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id'];
    let outcome;
    try {
      outcome = [
        'response',
        JSON.stringify((await run(handler, JSON.parse(next.body), contextOf(next.headers))) ?? null),
      ];
    } catch (error) {
      const facts = described(error);
      process.stdout.write(
        `${new Date().toISOString()}\t${requestId}\tERROR\tInvoke Error \t${JSON.stringify(facts)}\n`,
      );
      outcome = ['error', JSON.stringify(facts)];
    }
    // The marker tells the parent that all lines of this invocation have been read.
    process.stdout.write(`\u0000end ${requestId}\n`);
    await call('POST', `/invocation/${requestId}/${outcome[0]}`, outcome[1]);
  }
}

process.on('unhandledRejection', (error) => {
  console.error('Unhandled Promise Rejection', error);
  process.exit(128);
});
main().catch((error) => {
  // The account is gone: nothing is left to serve.
  process.exit(error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET' ? 0 : 1);
});
