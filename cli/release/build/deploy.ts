import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { type CodePipelineClient, ListActionExecutionsCommand } from '@aws-sdk/client-codepipeline';
import {
  DescribeEndpointCommand,
  DescribeModelPackageCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import type { DeploymentEnd, DeploymentOutcome } from '../../../contracts/records/deployment-record';
import { UserError } from '@mooring/use-case/errors';
import type { LiveManifest } from '../../../contracts/records/live-manifest';
import { liveFiles, metadataKeys, prefixes, resourceNames } from '../../../contracts/names';
import { readText, readTrained, type Release, writeRecord } from './record';
import { type Environment, openStage, passTime, required, type Stage } from './stage';

/** Longest a canary with its baking may take. */
const longestSeconds = 2 * 3600;

/** Who approved this execution and what they said; undefined outside CodePipeline. */
export async function approverOf(
  client: CodePipelineClient,
  env: Environment,
): Promise<{ readonly by: string; readonly comment: string } | undefined> {
  if (env['APPROVED_BY'] !== undefined) return undefined;
  const filter = { pipelineExecutionId: required(env, 'PIPELINE_EXECUTION_ID') };
  const { actionExecutionDetails = [] } = await client.send(
    new ListActionExecutionsCommand({ pipelineName: required(env, 'PIPELINE_NAME'), filter }),
  );
  const approval = actionExecutionDetails.find(
    (each) => each.input?.actionTypeId?.category === 'Approval' && each.status === 'Succeeded',
  );
  if (approval === undefined) return undefined;
  return {
    by: approval.updatedBy ?? 'unknown',
    comment: approval.output?.executionResult?.externalExecutionSummary ?? '',
  };
}

/** Hands a version to the stage's deploy function, as the registry's event would. */
async function askToDeploy(stage: Stage, useCase: string, packageArn: string, id: string): Promise<void> {
  const { Payload, FunctionError } = await stage.lambda.send(
    new InvokeCommand({
      FunctionName: resourceNames.deployFunction(useCase, stage.name),
      Payload: Buffer.from(
        JSON.stringify({
          version: '0',
          id,
          source: 'aws.sagemaker',
          'detail-type': 'SageMaker Model Package State Change',
          account: packageArn.split(':')[4],
          region: packageArn.split(':')[3],
          time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
          resources: [packageArn],
          detail: {
            ModelPackageArn: packageArn,
            ModelPackageName: packageArn.split(':').at(-1)?.split('/').slice(1).join('/'),
            ModelPackageGroupName: resourceNames.packageGroup(useCase),
            ModelPackageVersion: Number(packageArn.split('/').at(-1)),
            ModelApprovalStatus: 'Approved',
          },
        }),
      ),
    }),
  );
  const answer = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new UserError(`the deploy function of ${stage.name} failed: ${answer}`);
  console.log(`deploy function: ${answer}`);
}

async function approve(staging: Stage, packageArn: string, by: string, description: string): Promise<boolean> {
  const described = await staging.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: packageArn }));
  if (described.ModelApprovalStatus === 'Approved') return false;
  await staging.sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: packageArn,
      ModelApprovalStatus: 'Approved',
      ApprovalDescription: description.slice(0, 1024),
      CustomerMetadataProperties: { [metadataKeys.approvedBy]: by.slice(0, 256) },
    }),
  );
  console.log(`approved ${packageArn}: ${description}`);
  return true;
}

async function manifestOf(stage: Stage, useCase: string): Promise<LiveManifest | undefined> {
  const text = await readText(
    stage,
    stage.artifactBucket,
    `${prefixes.live(useCase, stage.name)}/${liveFiles.manifest}`,
  );
  return text === undefined ? undefined : (JSON.parse(text) as LiveManifest);
}

/** The end that the deploy function noted for a version, when it did not go well. */
async function failureOf(stage: Stage, useCase: string, packageArn: string): Promise<string | undefined> {
  const root = `${prefixes.markers(useCase)}/deploy-${stage.name}/`;
  const { Contents = [] } = await stage.s3.send(
    new ListObjectsV2Command({ Bucket: stage.artifactBucket, Prefix: root }),
  );
  const newest = Contents.map(({ Key = '' }) => Key.slice(root.length).split('/')[0] ?? '')
    .sort()
    .at(-1);
  if (newest === undefined || Number(newest.split('_').at(-1)) !== Number(packageArn.split('/').at(-1)))
    return undefined;
  for (const end of ['rolled-back', 'failed', 'superseded', 'refused'] as const satisfies readonly DeploymentEnd[]) {
    const text = await readText(stage, stage.artifactBucket, `${root}${newest}/${end}.json`);
    if (text === undefined) continue;
    const { subject, reason } = JSON.parse(text) as DeploymentOutcome;
    return `${end}: ${subject}${reason === undefined ? '' : ` (${reason})`}`;
  }
  return undefined;
}

/** Waits until the stage serves a version. @throws UserError with the reason when it does not. */
export async function waitUntilLive(
  stage: Stage,
  useCase: string,
  packageArn: string,
  env: Environment,
): Promise<LiveManifest> {
  const EndpointName = resourceNames.endpoint(useCase, stage.name);
  const started = Date.now();
  let seen = '';
  while ((Date.now() - started) / 1000 < longestSeconds) {
    const manifest = await manifestOf(stage, useCase);
    if (manifest?.package_arn === packageArn) return manifest;
    const failure = await failureOf(stage, useCase, packageArn);
    if (failure !== undefined) throw new UserError(`${packageArn} does not serve in ${stage.name}: ${failure}`);
    const status = await stage.sagemaker.send(new DescribeEndpointCommand({ EndpointName })).then(
      (endpoint) => endpoint.EndpointStatus ?? '',
      () => 'absent',
    );
    if (status !== seen) console.log(`  ${EndpointName}: ${status}`);
    seen = status;
    // Only a fleet that bakes waits for the clock.
    if (status === 'Updating') await passTime(20, env);
    else await new Promise((done) => setTimeout(done, 1000));
  }
  throw new UserError(`${EndpointName} did not serve ${packageArn} within ${longestSeconds} s; it is ${seen}`);
}

/** Brings this release's version to a stage and waits until it serves there. */
export async function deploy(
  release: Release,
  stageName: 'staging' | 'production',
  client: CodePipelineClient,
  env: Environment,
): Promise<string> {
  const staging = await openStage('staging', env);
  const { package_arn: packageArn } = await readTrained(staging, release);
  const stage = stageName === 'staging' ? staging : await openStage('production', env);
  let ask = true;
  if (stageName === 'production') {
    const approver = await approverOf(client, env);
    const by = approver === undefined ? (env['APPROVED_BY'] ?? 'the workflow') : approver.by;
    const said = approver?.comment === undefined || approver.comment === '' ? '' : ` (${approver.comment})`;
    const changed = await approve(staging, packageArn, by, `${release.tag} approved by ${by}${said}`);
    // The registry's event starts the deployment where registry and endpoint share an account.
    ask = !changed || stage.account !== staging.account;
  }
  if (ask) await askToDeploy(stage, release.useCase, packageArn, `${release.executionId}-${stageName}`);
  const live = await waitUntilLive(stage, release.useCase, packageArn, env);
  await writeRecord(staging, release, `${stageName}.json`, `${JSON.stringify(live, undefined, 2)}\n`);
  return `${live.endpoint} serves version ${live.version} (${live.endpoint_config})`;
}
