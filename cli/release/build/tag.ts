import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type CodePipelineClient,
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
} from '@aws-sdk/client-codepipeline';
import { UserError } from '@mooring/use-case/errors';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { parseReleaseTag, releaseNames, type ReleaseTag } from '../../../contracts/release';
import { type Environment, required } from './stage';

/**
 * The tag of an execution: what a person asked for (pipeline variable), else what the push that started it named.
 *
 * The source action's TagName is asked for through the API and not through `#{SourceVariables.TagName}`: executions that a
 * person or the self-mutation starts have no such variable, and an unresolved one fails the action.
 */
async function tagOfExecution(client: CodePipelineClient, env: Environment): Promise<string | undefined> {
  const pipelineName = required(env, 'PIPELINE_NAME');
  const pipelineExecutionId = required(env, 'PIPELINE_EXECUTION_ID');
  const requested = env['REQUESTED_TAG'];
  if (requested !== undefined && requested !== '' && requested !== 'none') return requested;
  const [execution, actions] = await Promise.all([
    client.send(new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId })),
    client.send(new ListActionExecutionsCommand({ pipelineName, filter: { pipelineExecutionId } })),
  ]);
  const variable = execution.pipelineExecution?.variables?.find((each) => each.name === releaseNames.tagVariable);
  if (variable?.resolvedValue !== undefined && variable.resolvedValue !== 'none') return variable.resolvedValue;
  return actions.actionExecutionDetails?.find((each) => each.output?.outputVariables?.['TagName'] !== undefined)?.output
    ?.outputVariables?.['TagName'];
}

const git = (...args: readonly string[]): string => execFileSync('git', [...args], { encoding: 'utf8' }).trim();

/** Tags on the checked-out commit, newest first. */
function tagsHere(): readonly string[] {
  return git('for-each-ref', '--points-at', 'HEAD', '--sort=-creatordate', '--format=%(refname:short)', 'refs/tags')
    .split('\n')
    .filter((tag) => tag !== '');
}

/** @throws UserError when the tag does not fit the checkout. */
function checked(tag: string | undefined, root: string): ReleaseTag {
  const useCases = loadUseCases(join(root, 'pipeline-defs')).map((each) => each.useCase);
  const names = useCases.map((each) => each.name);
  const here = tagsHere();
  const chosen = tag ?? here.find((each) => parseReleaseTag(each, names) !== undefined);
  if (chosen === undefined)
    throw new UserError(
      'the commit carries no release tag; start the pipeline by pushing one, or with --variables name=ReleaseTag,value=<tag>',
    );
  const release = parseReleaseTag(chosen, names);
  if (release === undefined)
    throw new UserError(
      `'${chosen}' is no release tag; expected release-<use-case>-v<version> or prerelease-..., with one of: ${names.join(', ')}`,
    );
  const declared = useCases.find((each) => each.name === release.useCase)?.version;
  if (declared !== release.version)
    throw new UserError(
      `the tag ${chosen} says version ${release.version}, pipeline-defs/${release.useCase}/use-case.yaml says ${declared ?? 'none'}; they must agree`,
    );
  return release;
}

/** Reads the tag and writes it as shell variables for the later commands and steps. */
export async function readTag(
  client: CodePipelineClient,
  env: Environment,
  file: string,
  root = process.cwd(),
): Promise<string> {
  const release = checked(await tagOfExecution(client, env), root);
  const variables: Readonly<Record<string, string>> = {
    RELEASE_TAG: release.tag,
    RELEASE_KIND: release.kind,
    RELEASE_USE_CASE: release.useCase,
    RELEASE_VERSION: release.version,
    RELEASE_COMMIT: git('rev-parse', 'HEAD'),
    RELEASE_EXECUTION_ID: required(env, 'PIPELINE_EXECUTION_ID'),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    Object.entries(variables)
      .map(([name, value]) => `export ${name}='${value}'\n`)
      .join(''),
  );
  // The steps know a use case from here, not from the checkout.
  const useCase = loadUseCases(join(root, 'pipeline-defs'), [release.useCase])[0]?.useCase;
  writeFileSync(join(dirname(file), 'use-case.json'), `${JSON.stringify(useCase, undefined, 2)}\n`);
  return `${release.tag}: ${release.useCase} ${release.version}, ${release.kind === 'release' ? 'to production' : 'ends after staging'}`;
}
