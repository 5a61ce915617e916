import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { UserError } from '@mooring/use-case/errors';
import { parameterNames, type StageName } from '../../../contracts/names';
import { keysOfEnvironment, signedFetch } from '@mooring/local-account';

/** Variables that the pipeline sets for a step. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A stage as a step sees it: clients with the stage's role, and its buckets. */
export interface Stage {
  readonly name: StageName;
  /** Account of the stage's role; both stages may share one. */
  readonly account: string;
  readonly artifactBucket: string;
  readonly dataBucket: string;
  readonly cloudformation: CloudFormationClient;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
}

/** @throws UserError naming the variable. */
export function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '')
    throw new UserError(
      `the variable ${name} is not set; the release pipeline (or the workflow) sets it for each step`,
    );
  return value;
}

/** Assumes the stage's role when the step was given one; without it the caller's own credentials are used. */
export async function openStage(name: StageName, env: Environment): Promise<Stage> {
  const roleArn = env[`${name.toUpperCase()}_ROLE_ARN`];
  const credentials = roleArn === undefined || roleArn === '' ? undefined : await assume(roleArn, env);
  const config = { ...(credentials === undefined ? {} : { credentials }), ...localPathStyle(env) };
  const names = [parameterNames.artifactBucket, parameterNames.dataBucket];
  const { Parameters = [] } = await new SSMClient(config).send(new GetParametersCommand({ Names: names }));
  const valueOf = (parameter: string): string => {
    const value = Parameters.find((each) => each.Name === parameter)?.Value;
    if (value === undefined)
      throw new UserError(`${name} has no parameter ${parameter}; the foundation stack is not deployed there`);
    return value;
  };
  return {
    name,
    account: roleArn?.split(':')[4] ?? '',
    artifactBucket: valueOf(parameterNames.artifactBucket),
    dataBucket: valueOf(parameterNames.dataBucket),
    cloudformation: new CloudFormationClient(config),
    lambda: new LambdaClient(config),
    s3: new S3Client(config),
    sagemaker: new SageMakerClient(config),
    runtime: new SageMakerRuntimeClient(config),
  };
}

export const openPipeline = (): CodePipelineClient => new CodePipelineClient({});

/** A bucket has no host name of its own on the loopback. */
function localPathStyle(env: Environment): { readonly forcePathStyle?: boolean } {
  return isLocal(env) ? { forcePathStyle: true } : {};
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A provider, not a value: training may take longer than a chained session lives, which is an hour at most. */
function assume(roleArn: string, env: Environment): Promise<() => Promise<Credentials & { expiration?: Date }>> {
  const session = `release-${env['PIPELINE_EXECUTION_ID'] ?? 'manual'}`.replace(/[^\w+=,.@-]/g, '-').slice(0, 64);
  const sts = new STSClient({});
  return Promise.resolve(async () => {
    const { Credentials: given } = await sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: session, DurationSeconds: 3600 }),
    );
    if (given?.AccessKeyId === undefined || given.SecretAccessKey === undefined)
      throw new Error(`STS gave no credentials for ${roleArn}`);
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      sessionToken: given.SessionToken,
      // The local account's clock is moved on, and sessions end by it: there, keys are good for one call.
      expiration: isLocal(env) ? new Date() : given.Expiration,
    };
  });
}

export const isLocal = (env: Environment): boolean =>
  /^http:\/\/(127\.0\.0\.1|localhost)(:|$)/.test(env['AWS_ENDPOINT_URL'] ?? '');

/** Waits in real time; against the local account virtual time passes instead, because nobody waits for a laptop to bake. */
export async function passTime(seconds: number, env: Environment): Promise<void> {
  if (!isLocal(env)) return new Promise((done) => setTimeout(done, seconds * 1000));
  const answer = await signedFetch(`${env['AWS_ENDPOINT_URL'] ?? ''}/_local/clock`, keysOfEnvironment(env), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ duration: `${Math.max(1, Math.round(seconds))}s` }),
  });
  if (!answer.ok) throw new Error(`the local account did not move its clock: ${await answer.text()}`);
  return new Promise((done) => setTimeout(done, 50));
}
