import { join } from 'node:path';
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { InvokeCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { StopPipelineExecutionCommand } from '@aws-sdk/client-sagemaker';
import { zipSync } from 'fflate';
import { readExecution, startExecution } from '../../../cli/shared/execution';
import { clientsFor, type Clients, type Connection, localRegion } from '../../../cli/shared/clients';
import { resourceNames } from '../../../contracts/names';
import { Account } from '@mooring/local-account';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { featureNames } from '@mooring/use-case/use-case';
import { root } from '../../support/app';
import type { Workplace } from '../../support/mooring';

const useCase = 'credit-risk';
const minute = 60_000;

/**
 * A walk through everything that the stacks of credit-risk do, with the account writing down what it was asked: the tour,
 * a third version, requests through the front door, executions that are stopped, and events and schedules that fail.
 *
 * @param recordings folder for what the account writes down
 */
export async function walk(place: Workplace, recordings: string): Promise<void> {
  process.env['MOORING_RECORD'] = recordings;
  try {
    await succeed(place, 'tour');
    await succeed(place, 'run', useCase);
    await succeed(place, 'approve', useCase);
    await inside(place, recordings);
  } finally {
    delete process.env['MOORING_RECORD'];
  }
}

async function succeed(place: Workplace, ...args: readonly string[]): Promise<void> {
  const { code, out, err } = await place.mooring(...args);
  if (code !== 0) throw new Error(`mooring ${args.join(' ')} ended with ${code}:\n${out}\n${err}`);
}

export async function inside(place: Workplace, recordings: string): Promise<void> {
  const account = new Account({
    folder: place.state,
    python: join(root, '.venv/bin/python'),
    env: { ...process.env, MOORING_RECORD: recordings },
  });
  await account.start();
  try {
    const connection = { endpoint: account.endpointUrl(), keys: account.keys };
    const clients = clientsFor(connection);
    await predict(clients);
    for (const step of ['Preprocess', 'Train']) await stopDuring(clients, step);
    await account.clock.settled();
    await failSchedules(connection);
    await account.clock.advance(65 * minute);
    await failFunctions(clients);
    await account.clock.advance(15 * minute);
    await account.clock.settled();
  } finally {
    await account.stop();
  }
}

/** One request as API Gateway hands it over. */
async function predict({ lambda }: Clients): Promise<void> {
  const { useCase: settings } = loadUseCases(join(root, 'pipeline-defs'), [useCase])[0] ?? {};
  if (settings === undefined) throw new Error(`there is no ${useCase}`);
  const unknown = Object.fromEntries(featureNames(settings).map((name) => [name, null]));
  const features = { ...unknown, CODE_GENDER: 'F', AMT_ANNUITY: 100 };
  const event = {
    version: '2.0',
    routeKey: 'POST /predict',
    rawPath: '/predict',
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: { http: { method: 'POST', path: '/predict' }, requestId: '1', stage: '$default' },
    body: JSON.stringify({ features }),
    isBase64Encoded: false,
  };
  const FunctionName = resourceNames.predictFunction(useCase);
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString()) as { readonly statusCode?: number };
  if (answer.statusCode !== 200) throw new Error(`the front door answered ${JSON.stringify(answer)}`);
}

/** Starts an execution and stops it while a step runs. */
async function stopDuring(clients: Clients, step: string): Promise<void> {
  const arn = await startExecution(clients, useCase, {}, `stop-${step}-${'0'.repeat(32)}`);
  for (let tries = 0; tries < 600; tries += 1) {
    const { steps, status } = await readExecution(clients, arn);
    if (status !== 'Executing') throw new Error(`the execution is ${status} before ${step} ran`);
    if (steps.some((each) => each.name === step && each.status === 'Executing')) break;
    await new Promise((done) => setTimeout(done, 50));
  }
  await clients.sagemaker.send(
    new StopPipelineExecutionCommand({
      PipelineExecutionArn: arn,
      ClientRequestToken: `stop-${step}-${'1'.repeat(32)}`,
    }),
  );
}

/** Takes away what schedules start, so that their runs end among the dead letters. */
async function failSchedules({ endpoint, keys }: Connection): Promise<void> {
  const iam = new IAMClient({ endpoint, region: localRegion, credentials: keys });
  const { Roles = [] } = await iam.send(new ListRolesCommand({ MaxItems: 1000 }));
  const starting = Roles.filter(({ Description = '' }) => Description.startsWith('Starts the runs of '));
  for (const { RoleName = '' } of starting) {
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    for (const PolicyName of PolicyNames) {
      const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      const document = decodeURIComponent(PolicyDocument).replaceAll('sagemaker:CreateProcessingJob', 'sagemaker:None');
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document }));
    }
  }
}

/** Makes functions fail, so that their events end among the dead letters. */
async function failFunctions({ lambda }: Clients): Promise<void> {
  const broken = zipSync({ 'index.js': Buffer.from('exports.handler = () => { throw new Error("broken"); };') });
  const names = [
    resourceNames.deployFunction(useCase),
    resourceNames.notifyFunction(useCase),
    resourceNames.retrainFunction(useCase),
    resourceNames.labelFunction(useCase),
    resourceNames.predictFunction(useCase),
  ];
  for (const FunctionName of names) {
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: broken }));
    await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: '{}' }));
  }
}
