import { AwsError } from '../../../../../core/errors';
import type { AccountParts } from '../../../../../core/module';
import type { Json } from '../../../../../core/service';
import type { Collection } from '../../../../../core/store';
import { evaluate, isObject, stringify } from '../definition/expression';
import type { StepContext, StepOutcome, StepRunner } from '../step-runner';

/** A callback step that waits for its answer. */
export interface PendingCallback {
  readonly execution: string;
  readonly step: string;
}

/** Longest time a Lambda step waits for its function. */
const lambdaLimitMinutes = 10;

const declaredOutputs = (context: StepContext): readonly string[] => {
  const declared = context.step.raw['OutputParameters'];
  return (Array.isArray(declared) ? (declared as readonly Json[]) : [])
    .filter(isObject)
    .map((each) => String(each['OutputName']));
};

/** Lambda: calls the function with the arguments and takes the declared outputs from its answer. */
export function lambdaStep(account: AccountParts): StepRunner {
  return async (context): Promise<StepOutcome> => {
    const arn = stringify(await evaluate(context.step.raw['FunctionArn'] ?? '', context.scope));
    account.iam.authorize(context.principal, [{ action: 'lambda:InvokeFunction', resource: arn }]);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), lambdaLimitMinutes * 60_000);
    });
    try {
      const answer = await Promise.race([account.peer('lambda').invoke(arn, context.arguments), late]);
      if (answer === 'late')
        return {
          status: 'Failed',
          failureReason: `ClientError: the function ${arn} did not answer within ${lambdaLimitMinutes} minutes, the limit of a Lambda step`,
        };
      const payload = (answer.payload ?? {}) as Json;
      const outputs = isObject(payload) ? payload : {};
      if (answer.error !== undefined)
        return {
          status: 'Failed',
          failureReason: `ClientError: the function ${arn} failed: ${String(outputs['errorMessage'] ?? JSON.stringify(payload))}`,
        };
      const names = declaredOutputs(context);
      const missing = names.filter((name) => outputs[name] === undefined);
      if (missing.length > 0)
        return {
          status: 'Failed',
          failureReason: `ClientError: the function ${arn} did not return the declared outputs ${missing.join(', ')}; it returned: ${Object.keys(outputs).join(', ') || 'nothing'}`,
        };
      const chosen = Object.fromEntries(names.map((name) => [name, outputs[name] ?? null]));
      context.report({
        Lambda: {
          Arn: arn,
          OutputParameters: Object.entries(chosen).map(([Name, value]) => ({ Name, Value: stringify(value) })),
        },
      });
      return { status: 'Succeeded', properties: { OutputParameters: chosen } };
    } catch (error) {
      if (error instanceof AwsError && error.code === 'TooManyRequestsException')
        return {
          status: 'Failed',
          failureReason: `ThrottlingException: ${error.message}`,
          exception: 'Step.THROTTLING',
        };
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Callback: sends the token to the queue, then waits for SendPipelineExecutionStepSuccess or -Failure. */
export function callbackStep(account: AccountParts, pending: Collection<PendingCallback>): StepRunner {
  return async (context) => {
    const queue = stringify(await evaluate(context.step.raw['SqsQueueUrl'] ?? '', context.scope));
    const token = account.newId().replaceAll('-', '').slice(0, 10);
    const message = { token, pipelineExecutionArn: context.execution.arn, arguments: context.arguments };
    const send = (extra: Readonly<Record<string, string>>): Promise<unknown> =>
      account.call(
        'sqs',
        'SendMessage',
        { QueueUrl: queue, MessageBody: JSON.stringify({ ...message, ...extra }) },
        context.principal,
      );
    await send({});
    pending.put(token, { execution: context.execution.arn, step: context.step.name });
    context.report({ Callback: { CallbackToken: token, SqsQueueUrl: queue } });
    // The consumer has to answer the second message before the execution can stop, as on AWS.
    context.stop.addEventListener(
      'abort',
      () => void account.clock.track(send({ status: 'Stopping' })).catch(() => undefined),
    );
    return { waiting: true };
  };
}
