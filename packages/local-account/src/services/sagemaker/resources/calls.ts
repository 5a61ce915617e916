import { AwsError } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import type { ResourceContext } from '../../../core/provider';
import type { Body } from '../../../core/service';
import type { Shapes } from '../runtime/shapes';
import type { Tags } from '../api/tags';
import { tagsOf } from '../../shared/properties';

/** What the SageMaker providers share. */
export interface SageMakerCalls {
  readonly account: AccountParts;
  readonly tags: Tags;
  /** Calls the API as the account itself; text becomes the numbers and booleans that the API wants. */
  call(operation: string, input: Body): Promise<Body>;
  /** The request's tags: the stack's and the resource's own. */
  tagList(properties: Body, context: ResourceContext): readonly Body[];
}

export function sageMakerCalls(account: AccountParts, shapes: Shapes, tags: Tags): SageMakerCalls {
  return {
    account,
    tags,
    call: (operation, input) =>
      account.call('sagemaker', operation, shapes.typed(operation, input), account.iam.service),
    tagList: (properties, context) =>
      Object.entries(tagsOf(properties, context)).map(([Key, Value]) => ({ Key, Value })),
  };
}

/** Deleting what is gone already is fine; SageMaker says so with a ValidationException. */
export async function unlessMissing(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AwsError) || !/could not find|does not exist|not found/i.test(error.message)) throw error;
  }
}
