import { text } from '../../../../../core/input';
import type { AccountParts } from '../../../../../core/module';
import type { Body, Json } from '../../../../../core/service';
import { jobName } from './job-steps';
import type { StepContext, StepOutcome, StepRunner } from '../step-runner';

/** What a step that creates one resource calls, and what it reports. */
interface ResourceStep {
  readonly create: string;
  readonly describe: string;
  /** Member with the name the service makes up when the step gives none. */
  readonly name?: string;
  readonly arn: string;
  /** Key of the step's metadata. */
  readonly metadata: string;
}

const steps: Readonly<Record<string, ResourceStep>> = {
  Model: { create: 'CreateModel', describe: 'DescribeModel', name: 'ModelName', arn: 'ModelArn', metadata: 'Model' },
  RegisterModel: {
    create: 'CreateModelPackage',
    describe: 'DescribeModelPackage',
    arn: 'ModelPackageArn',
    metadata: 'RegisterModel',
  },
  EndpointConfig: {
    create: 'CreateEndpointConfig',
    describe: 'DescribeEndpointConfig',
    name: 'EndpointConfigName',
    arn: 'EndpointConfigArn',
    metadata: 'EndpointConfig',
  },
};

/** ISO text for the times of an answer, so that properties are plain JSON. */
const plain = (answer: Body): Json => JSON.parse(JSON.stringify(answer)) as Json;

/** Steps that create one resource: Model, RegisterModel, EndpointConfig. */
export function resourceStep(account: AccountParts, type: 'Model' | 'RegisterModel' | 'EndpointConfig'): StepRunner {
  const kind = steps[type] as ResourceStep;
  return async (context): Promise<StepOutcome> => {
    const given = context.arguments as Body;
    const named =
      kind.name === undefined || given[kind.name] !== undefined ? {} : { [kind.name]: jobName(context, account, 63) };
    if (type === 'RegisterModel') allowRegistering(account, context, given);
    const created = await account.call('sagemaker', kind.create, { ...given, ...named }, context.principal);
    const arn = text(created, kind.arn);
    context.report({ [kind.metadata]: { Arn: arn } });
    const key =
      type === 'RegisterModel'
        ? { ModelPackageName: arn }
        : { [kind.name ?? '']: given[kind.name ?? ''] ?? named[kind.name ?? ''] };
    return {
      status: 'Succeeded',
      properties: plain(await account.call('sagemaker', kind.describe, key, account.iam.service)),
    };
  };
}

/** Pipelines looks the group up, tags the new version and follows it, as the pipeline's role. */
function allowRegistering(account: AccountParts, { principal }: StepContext, given: Body): void {
  const group = String(given['ModelPackageGroupName'] ?? '');
  const version = account.arn('sagemaker', `model-package/${group}/*`);
  account.iam.authorize(principal, [
    {
      action: 'sagemaker:DescribeModelPackageGroup',
      resource: account.arn('sagemaker', `model-package-group/${group}`),
    },
    { action: 'sagemaker:AddTags', resource: version },
    { action: 'sagemaker:DescribeModelPackage', resource: version },
  ]);
}

/** Where an endpoint step learns that a change is over. */
export interface EndpointWatch {
  find(name: string): Body | undefined;
  onSettled(name: string, callback: (document: Body) => void): void;
}

/**
 * Endpoint: creates it, or updates the one of that name. The step waits without being tracked: an update may bake, and
 * baking ends with a virtual timer.
 */
export function endpointStep(
  account: AccountParts,
  endpoints: EndpointWatch,
  complete: (execution: string, step: string, outcome: StepOutcome) => void,
): StepRunner {
  return async (context) => {
    const given = context.arguments as Body;
    const name = typeof given['EndpointName'] === 'string' ? given['EndpointName'] : jobName(context, account, 63);
    const { Tags: _tags, ...update } = given;
    const answer =
      endpoints.find(name) === undefined
        ? await account.call('sagemaker', 'CreateEndpoint', { ...given, EndpointName: name }, context.principal)
        : await account.call('sagemaker', 'UpdateEndpoint', { ...update, EndpointName: name }, context.principal);
    context.report({ Endpoint: { Arn: text(answer, 'EndpointArn') } });
    const conclude = (endpoint: Body): void => {
      const { EndpointConfigName: config, EndpointStatus: status, FailureReason: reason } = endpoint;
      // A rollback ends InService too: what counts is which configuration serves.
      const succeeded = status === 'InService' && config === given['EndpointConfigName'];
      complete(
        context.execution.arn,
        context.step.name,
        succeeded
          ? { status: 'Succeeded', properties: plain(endpoint) }
          : {
              status: 'Failed',
              failureReason: `ClientError: endpoint '${name}' is ${String(status)} on ${String(config)}: ${String(reason ?? '')}`,
            },
      );
    };
    // After this step counts as waiting.
    setImmediate(() => endpoints.onSettled(name, conclude));
    return { waiting: true };
  };
}
