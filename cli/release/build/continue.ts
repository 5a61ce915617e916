import { readFileSync, writeFileSync } from 'node:fs';
import {
  type CodePipelineClient,
  GetPipelineCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { releaseNames } from '../../../contracts/release';
import { type Environment, required } from './stage';
import { tagVariables } from './tools-folder';

async function versionNow(client: CodePipelineClient, name: string): Promise<number> {
  const { pipeline } = await client.send(new GetPipelineCommand({ name }));
  return pipeline?.version ?? 0;
}

/** Notes the pipeline's version before it is updated. */
export async function noteVersion(client: CodePipelineClient, env: Environment, file: string): Promise<string> {
  const version = await versionNow(client, required(env, 'PIPELINE_NAME'));
  writeFileSync(file, String(version));
  return `the pipeline is at version ${version}`;
}

/**
 * After the update: when the pipeline changed, starts one execution of the new definition with the same tag and commit, and
 * ends this one. The client token is this execution's id, so that a repeated step starts nothing more.
 *
 * CloudFormation's own restart would take the newest commit of the branch instead of the tag.
 */
export async function continueRelease(client: CodePipelineClient, env: Environment, file: string): Promise<string> {
  const name = required(env, 'PIPELINE_NAME');
  if (env['CODEBUILD_BUILD_SUCCEEDING'] === '0') return 'the update failed; nothing is started';
  const before = Number(readFileSync(file, 'utf8'));
  const now = await versionNow(client, name);
  if (now === before) return 'the pipeline did not change; this execution goes on';
  const tag = tagVariables();
  const executionId = required(tag, 'RELEASE_EXECUTION_ID');
  const { pipelineExecutionId } = await client.send(
    new StartPipelineExecutionCommand({
      name,
      clientRequestToken: executionId,
      variables: [{ name: releaseNames.tagVariable, value: required(tag, 'RELEASE_TAG') }],
      sourceRevisions: [
        { actionName: 'Source', revisionType: 'COMMIT_ID', revisionValue: required(tag, 'RELEASE_COMMIT') },
      ],
    }),
  );
  await stopSuperseded(client, name, executionId);
  return `the pipeline changed (version ${before} to ${now}); ${pipelineExecutionId ?? ''} goes on with ${tag['RELEASE_TAG'] ?? ''}`;
}

/** The update itself cancels running executions; where it did not, this one must not go on beside its successor. */
async function stopSuperseded(client: CodePipelineClient, pipelineName: string, id: string): Promise<void> {
  try {
    await client.send(
      new StopPipelineExecutionCommand({
        pipelineName,
        pipelineExecutionId: id,
        abandon: false,
        reason: 'the pipeline updated itself; a new execution goes on',
      }),
    );
  } catch (error) {
    const expected = ['PipelineExecutionNotStoppableException', 'DuplicatedStopRequestException'];
    if (!(error instanceof Error) || !expected.includes(error.name)) throw error;
  }
}
