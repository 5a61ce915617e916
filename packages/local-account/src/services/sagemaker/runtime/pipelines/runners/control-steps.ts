import type { Json } from '../../../../../core/service';
import { holds } from '../definition/condition';
import { isObject, stringify } from '../definition/expression';
import type { StepRunner } from '../step-runner';

/** Condition: all conditions hold, or the other branch. */
export const conditionStep: StepRunner = async ({ step, scope, report }) => {
  const conditions =
    isObject(step.arguments) && Array.isArray(step.arguments['Conditions'])
      ? (step.arguments['Conditions'] as readonly Json[])
      : [];
  let outcome = true;
  for (const each of conditions) outcome = outcome && (await holds(each, scope));
  const text = outcome ? 'True' : 'False';
  report({ Condition: { Outcome: text } });
  return { status: 'Succeeded', properties: { Outcome: text } };
};

/** Fail: ends the execution with a message. */
export const failStep: StepRunner = (context) => {
  const message = isObject(context.arguments) ? stringify(context.arguments['ErrorMessage'] ?? '') : '';
  context.report({ Fail: { ErrorMessage: message.slice(0, 3072) } });
  return Promise.resolve({ status: 'Failed', failureReason: message });
};
