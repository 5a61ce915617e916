import { optionalText } from '../../../../../core/input';
import type { AccountParts } from '../../../../../core/module';
import type { Body, Json } from '../../../../../core/service';
import { jobKinds } from '../../jobs/job-kind';
import type { JobKind } from '../../jobs/job-kind';
import type { Jobs } from '../../../api/jobs';
import type { StepContext, StepOutcome, StepRunner } from '../step-runner';

/** `pipelines-<execution>-<step>-<random>`, cut in the middle to the API's length. */
export function jobName(context: StepContext, account: AccountParts, limit: number): string {
  const random = account.newId().replaceAll('-', '').slice(0, 10);
  const step = context.step.name
    .replaceAll(/[^A-Za-z0-9-]/g, '-')
    .replaceAll(/-+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const head = `pipelines-${context.execution.id}-${step}`.slice(0, limit - random.length - 1).replace(/-$/, '');
  return limit < 40 ? `${context.execution.id.slice(0, limit - 11)}-${random}` : `${head}-${random}`;
}

/** Exception class by which a retry policy recognises a failed job. */
const exceptionOf = (reason: string): string | undefined =>
  reason.startsWith('InternalServerError') ? 'SageMaker.JOB_INTERNAL_ERROR' : undefined;

/** Steps that are a job: created, through the API and as the pipeline's role, then waited for. */
export function jobStep(account: AccountParts, jobs: Jobs, id: JobKind['id']): StepRunner {
  const kind = jobKinds[id];
  const metadata = id === 'tuning' ? 'TuningJob' : kind.stem;
  return async (context): Promise<StepOutcome> => {
    const name = jobName(context, account, kind.nameLength);
    const arn = account.arn('sagemaker', `${kind.resource}/${name}`);
    const allow = (operation: string): void =>
      account.iam.authorize(context.principal, [{ action: `sagemaker:${operation}`, resource: arn }]);
    // Pipelines tags what it creates, and follows it as the pipeline's role.
    for (const operation of [`Create${kind.stem}`, 'AddTags', `Describe${kind.stem}`]) allow(operation);
    await account.call(
      'sagemaker',
      `Create${kind.stem}`,
      { ...(context.arguments as Body), [`${kind.stem}Name`]: name },
      context.principal,
    );
    context.report({ [metadata]: { Arn: arn } });
    const stop = (): void => {
      if (jobs.describe(id, name)[`${kind.stem}Status`] !== 'InProgress') return;
      allow(`Stop${kind.stem}`);
      jobs.stop(id, name);
    };
    context.stop.addEventListener('abort', stop);
    if (context.stop.aborted) stop();
    const document = await jobs.ended(id, name);
    context.stop.removeEventListener('abort', stop);
    const status = document[`${kind.stem}Status`];
    if (status === 'Completed') return { status: 'Succeeded', properties: document as Json };
    const reason = optionalText(document, 'FailureReason') ?? `the job ${name} ended as ${String(status)}`;
    if (status === 'Stopped' && context.stop.aborted) return { status: 'Stopped' };
    const exception = exceptionOf(reason);
    return { status: 'Failed', failureReason: reason, ...(exception === undefined ? {} : { exception }) };
  };
}
