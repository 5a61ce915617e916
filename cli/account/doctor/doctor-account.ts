import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { DescribeParametersCommand, GetParameterCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { parameterNames, prefixes, stackNames } from '../../../contracts/names';
import { localRegion } from '../../shared/clients';
import type { Session } from '../../shared/session';
import { type Check, ill, well } from './checks';
import { toolingAccount } from './doctor-project';
import { pipelineClient, readReleases } from '../../release/pipeline';
import { callJson, type WireApi } from './wire';

/** Oldest bootstrap stack that CDK Pipelines works with. */
const oldestBootstrap = 21;

async function parameter(session: Session, name: string): Promise<string | undefined> {
  return session.clients.ssm.send(new GetParameterCommand({ Name: name })).then(
    ({ Parameter }) => Parameter?.Value,
    (error: Error) => {
      if (error.name === 'ParameterNotFound') return undefined;
      throw error;
    },
  );
}

/** Undefined when there is no such parameter. Its value is not read: it may be a secret. */
async function parameterType(session: Session, name: string): Promise<string | undefined> {
  const filter = { Key: 'Name', Values: [name] };
  const { Parameters = [] } = await session.clients.ssm.send(
    new DescribeParametersCommand({ ParameterFilters: [filter] }),
  );
  return Parameters[0]?.Type;
}

interface StackState {
  readonly status: string;
  readonly reason: string;
}

async function stack(session: Session, name: string): Promise<StackState | undefined> {
  const { Stacks = [] } = await session.clients.cloudformation.send(new DescribeStacksCommand({}));
  const found = Stacks.find(({ StackName }) => StackName === name);
  return found === undefined ? undefined : { status: found.StackStatus ?? '', reason: found.StackStatusReason ?? '' };
}

/** What the account tells. */
export const accountChecks: Readonly<Record<string, Check>> = {
  account: async ({ project, session }) => {
    const { Account: here = '' } = await new STSClient({
      endpoint: session.endpoint,
      region: localRegion,
      credentials: session.keys,
    }).send(new GetCallerIdentityCommand({}));
    const wanted = toolingAccount(project);
    return wanted === undefined || wanted === here
      ? well(here)
      : ill(
          `these credentials are of ${here}, release.yaml says that the pipeline lives in ${wanted}`,
          `sign in to ${wanted} (AWS_PROFILE), or correct environments.tooling.account`,
        );
  },
  bootstrap: async ({ session }) => {
    const version = await parameter(session, '/cdk-bootstrap/hnb659fds/version');
    if (version === undefined) return ill('the account is not bootstrapped', 'run `npx cdk bootstrap`');
    if (Number(version) < oldestBootstrap)
      return ill(
        `the bootstrap stack has version ${version}, at least ${oldestBootstrap} is needed`,
        'run `npx cdk bootstrap` again',
      );
    return well(`version ${version}`);
  },
  foundation: async ({ session }) => {
    const found = await stack(session, stackNames.foundation);
    if (found === undefined)
      return ill('the foundation is not deployed', `run \`npx cdk deploy ${stackNames.foundation}\``);
    return well(found.status);
  },
  parameters: async ({ session }) => {
    const missing: string[] = [];
    for (const name of Object.values(parameterNames))
      if ((await parameter(session, name)) === undefined) missing.push(name);
    return missing.length === 0
      ? well(`${Object.keys(parameterNames).length} parameters`)
      : ill(
          `missing: ${missing.join(', ')}`,
          `deploy ${stackNames.foundation} again; its parameters were deleted by hand`,
        );
  },
  chats: async ({ session, useCases }) => {
    const chats = useCases.flatMap(({ notifications }) => notifications.chats ?? []);
    const names = [...new Set(chats.map((each) => each.parameter))].sort();
    const types = await Promise.all(names.map((name) => parameterType(session, name)));
    const faults = names.flatMap((name, index) => {
      const type = types[index];
      if (type === undefined) return [`${name} does not exist`];
      return type === 'SecureString' ? [] : [`${name} is a ${type}, not a SecureString`];
    });
    if (faults.length === 0) return well(`${names.length} chats`);
    return ill(
      faults.join('; '),
      "delete it if it has the wrong type, then `aws ssm put-parameter --type SecureString --key-id alias/mooring --name <parameter> --value '<address of the webhook>'` (docs/operating.md#chats)",
    );
  },
  'stack states': async ({ session }) => {
    const { Stacks = [] } = await session.clients.cloudformation.send(new DescribeStacksCommand({}));
    const broken = Stacks.filter(
      ({ StackStatus = '' }) => /FAILED|ROLLBACK/.test(StackStatus) && StackStatus !== 'UPDATE_ROLLBACK_COMPLETE',
    );
    return broken.length === 0
      ? well(`${Stacks.length} stacks`)
      : ill(
          broken.map(({ StackName, StackStatus }) => `${StackName ?? ''} is ${StackStatus ?? ''}`).join('; '),
          'a stack in ROLLBACK_COMPLETE was never created: delete it (`aws cloudformation delete-stack`) and deploy again; for others run `npx cdk rollback <stack>`',
        );
  },
  pipeline: async ({ session }) => {
    const found = await stack(session, stackNames.release);
    return found === undefined
      ? ill(
          'the release pipeline is not deployed',
          `run \`npx cdk deploy ${stackNames.release} -c release=release.yaml\``,
        )
      : well(found.status);
  },
  connection: async ({ session }) => {
    const listed = await connections(session);
    if (listed.length === 0)
      return ill('there is no connection to a git provider', `deploy ${stackNames.release}: it makes one`);
    const pending = listed.filter(({ ConnectionStatus }) => ConnectionStatus !== 'AVAILABLE');
    return pending.length === 0
      ? well(`${listed.length} available`)
      : ill(
          pending.map((each) => `${each.ConnectionName} is ${each.ConnectionStatus}`).join('; '),
          'open Developer Tools > Settings > Connections in the console and choose "Update pending connection"; no API can do that',
        );
  },
  'last release': async ({ session }) => {
    const [last] = await readReleases(pipelineClient(session), 1).catch(() => []);
    if (last === undefined) return well('none yet');
    return last.status === 'Failed'
      ? ill(
          `${last.trigger} failed: ${(last.reason ?? '').slice(0, 300)}`,
          'mend the cause and release the next version, or retry the failed stage in CodePipeline',
        )
      : well(`${last.trigger} is ${last.status}`);
  },
  data: async ({ session, useCases }) => {
    const bucket = await parameter(session, parameterNames.dataBucket);
    if (bucket === undefined) return well('no bucket yet');
    const empty: string[] = [];
    for (const { name, dataset } of useCases) {
      if (dataset.location !== undefined) continue;
      const { KeyCount = 0 } = await session.clients.s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefixes.raw(name)}/`, MaxKeys: 1 }),
      );
      if (KeyCount === 0) empty.push(name);
    }
    return empty.length === 0
      ? well(`${useCases.length} use cases have data`)
      : ill(`no training data of ${empty.join(', ')}`, `aws s3 cp <file> s3://${bucket}/<use-case>/raw/`);
  },
};

interface ConnectionSummary {
  readonly ConnectionName: string;
  readonly ConnectionStatus: string;
}

const codeConnections: WireApi = { signingName: 'codeconnections', target: 'CodeConnections_20231201', version: '1.0' };

async function connections(session: Session): Promise<readonly ConnectionSummary[]> {
  const listed = await callJson<{ readonly Connections?: readonly ConnectionSummary[] }>(
    session,
    codeConnections,
    'ListConnections',
  );
  return listed.Connections ?? [];
}
