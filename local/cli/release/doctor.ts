import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { parse } from 'yaml';
import { messageOf } from '../../core/errors';
import { parameterNames, prefixes, stackNames } from '../../../contracts/names';
import type { UseCase } from '../../../contracts/use-case';
import { localRegion } from '../clients';
import type { Project } from '../project';
import type { Session } from '../session';
import { unknownInstances } from './cost';
import { pipelineClient, readReleases } from './pipeline';

/** What one check found. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do; empty when all is well. */
  readonly remedy: string;
}

interface Patient {
  readonly project: Project;
  readonly session: Session;
  readonly useCases: readonly UseCase[];
}

type Verdict =
  | { readonly ok: true; readonly found: string }
  | { readonly ok: false; readonly found: string; readonly remedy: string };
type Check = (patient: Patient) => Promise<Verdict>;

const well = (found: string): Verdict => ({ ok: true, found });
const ill = (found: string, remedy: string): Verdict => ({ ok: false, found, remedy });

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

interface StackState {
  readonly status: string;
  readonly reason: string;
}

async function stack(session: Session, name: string): Promise<StackState | undefined> {
  const { Stacks = [] } = await session.clients.cloudformation.send(new DescribeStacksCommand({}));
  const found = Stacks.find(({ StackName }) => StackName === name);
  return found === undefined ? undefined : { status: found.StackStatus ?? '', reason: found.StackStatusReason ?? '' };
}

interface ReleaseFile {
  readonly repository?: { readonly name?: string };
  readonly environments?: Readonly<Record<string, { readonly account?: string; readonly region?: string }>>;
}

const releaseFile = (project: Project): string => join(project.root, 'release.yaml');

const checks: Readonly<Record<string, Check>> = {
  'cdk cli': ({ project }) => {
    const read = (
      file: string,
    ): { readonly version?: string; readonly dependencies?: Readonly<Record<string, string>> } =>
      JSON.parse(readFileSync(join(project.root, file), 'utf8')) as { version?: string };
    const wanted = read('package.json').dependencies?.['aws-cdk'];
    const file = 'node_modules/aws-cdk/package.json';
    const installed = existsSync(join(project.root, file)) ? read(file).version : undefined;
    return Promise.resolve(
      wanted === installed
        ? well(`aws-cdk ${installed ?? ''}`)
        : ill(`aws-cdk is ${installed ?? 'not installed'}, package.json pins ${wanted ?? 'none'}`, 'run `npm ci`'),
    );
  },
  configuration: ({ project }) => {
    const file = releaseFile(project);
    if (!existsSync(file))
      return Promise.resolve(ill('there is no release.yaml', 'write it as docs/releasing.md shows'));
    const { repository, environments } = (parse(readFileSync(file, 'utf8')) ?? {}) as ReleaseFile;
    const regions = Object.values(environments ?? {}).map(({ region }) => region);
    if (repository?.name === undefined)
      return Promise.resolve(ill('release.yaml names no repository', 'set repository.name to owner/name'));
    if (new Set(regions).size > 1)
      return Promise.resolve(
        ill(`the stages lie in ${[...new Set(regions)].join(' and ')}`, 'give environments.* one region'),
      );
    return Promise.resolve(well(`releases come from ${repository.name}`));
  },
  region: ({ project }) => {
    const file = releaseFile(project);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const wanted = ((parse(text) ?? {}) as ReleaseFile).environments?.['tooling']?.region;
    const here = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? localRegion;
    return Promise.resolve(
      wanted === undefined || wanted === here
        ? well(here)
        : ill(`the shell is in ${here}, release.yaml says ${wanted}`, `export AWS_REGION=${wanted}`),
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
    const [last] = await readReleases(pipelineClient(session.endpoint), 1).catch(() => []);
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
  'instance types': ({ useCases }) => {
    const odd = useCases.flatMap((each) => unknownInstances(each).map((type) => `${type} (${each.name})`));
    return Promise.resolve(
      odd.length === 0
        ? well('all in the price table')
        : ill(
            `not in the price table: ${odd.join(', ')}`,
            'check the spelling in use-case.yaml, or add the price to local/cli/release/prices.json',
          ),
    );
  },
};

interface ConnectionSummary {
  readonly ConnectionName: string;
  readonly ConnectionStatus: string;
}

/** CodeConnections has a JSON protocol and one operation that is needed here. */
async function connections(session: Session): Promise<readonly ConnectionSummary[]> {
  const response = await fetch(session.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'CodeConnections_20231201.ListConnections',
      authorization: `AWS4-HMAC-SHA256 Credential=AKIALOCALADMIN/20260101/${localRegion}/codeconnections/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: '{}',
  });
  const { Connections = [] } = (await response.json()) as { readonly Connections?: readonly ConnectionSummary[] };
  return Connections;
}

/** Runs all checks; one that cannot be made is a finding, too. */
export async function examine(patient: Patient): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [check, run] of Object.entries(checks)) {
    try {
      findings.push({ check, remedy: '', ...(await run(patient)) });
    } catch (error) {
      findings.push({
        check,
        ok: false,
        found: messageOf(error),
        remedy: 'check the credentials and the endpoint, then run the doctor again',
      });
    }
  }
  return findings;
}
