import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { containerEnvironment } from '../../../../core/container-environment';
import { AwsError } from '../../../../core/errors';
import type { AccountParts, LogSink } from '../../../../core/module';
import { ClientError, RoleObjects } from './role-objects';
import { InterpreterLost } from './warm-interpreter';
import type { ContainerCredentials } from './container-credentials';
import type { Interpreters } from './interpreters';
import { volumePermissions } from '../../../shared/encryption';
import { imagePermissions, logsOfRole } from '../../../shared/role-access';

/** A job's request with every expression replaced, in the API's own shape. */
export type Request = Readonly<Record<string, unknown>>;

/** How a job ended. */
export interface JobResult {
  readonly status: 'Completed' | 'Failed' | 'Stopped';
  /** Why it failed, in SageMaker's classes: AlgorithmError, ClientError, InternalServerError. */
  readonly failureReason?: string;
  /** What the job left in /opt/ml/output/message. */
  readonly exitMessage?: string;
}

/** What every kind of job needs. */
export interface JobParts {
  readonly account: AccountParts;
  readonly interpreters: Interpreters;
  readonly credentials: ContainerCredentials;
  /** Folder below which every job has its own. */
  readonly folder: string;
}

/** FailureReason's limit. */
export const reasonLimit = 1024;

/** Keeps the head and, above all, the end of a long reason: the last lines and the log path stand there. */
export function shorten(reason: string): string {
  if (reason.length <= reasonLimit) return reason;
  const head = reason.slice(0, 160);
  return `${head} ... ${reason.slice(reason.length - (reasonLimit - head.length - 5))}`;
}

/** Environment that every container starts with. */
export function baseEnvironment(
  { account, credentials }: Pick<JobParts, 'account' | 'credentials'>,
  {
    role,
    name,
    folder,
    python,
  }: { readonly role: string; readonly name: string; readonly folder: string; readonly python: string },
): Readonly<Record<string, string>> {
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  return containerEnvironment({
    python,
    temporary,
    region: account.region,
    endpointUrl: account.endpointUrl(),
    credentials: credentials.variables(role, name),
  });
}

/** S3 as the job's role. @throws ClientError when the role does not exist. */
export function objectsOf({ account }: JobParts, roleArn: string): RoleObjects {
  try {
    return new RoleObjects(account.s3, account.iam, roleArn);
  } catch (error) {
    throw error instanceof AwsError
      ? new ClientError(`the role '${roleArn}' cannot be assumed: ${error.message}`)
      : error;
  }
}

/**
 * Logs of a container as the job's role, which pulls its image and has its volume encrypted too.
 *
 * @throws ClientError when the role may not pull the image.
 */
export function roleLogs({ account }: JobParts, objects: RoleObjects, image: string, volumeKey?: string): LogSink {
  objects.authorize(volumePermissions(account, volumeKey), 'The role may not encrypt the volume');
  objects.authorize(imagePermissions(image), `The role may not pull the image ${image}`);
  return logsOfRole(account, objects.principal, ['logs:CreateLogGroup', 'logs:DescribeLogStreams']);
}

/** Runs a job's work and puts whatever it throws into the class SageMaker would report. */
export async function concluding(work: () => Promise<JobResult>): Promise<JobResult> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof InterpreterLost)
      return { status: 'Failed', failureReason: shorten(`InternalServerError: ${message}`) };
    const name = error instanceof ClientError || error instanceof AwsError ? 'ClientError' : 'InternalServerError';
    return { status: 'Failed', failureReason: shorten(`${name}: ${message}`) };
  }
}
