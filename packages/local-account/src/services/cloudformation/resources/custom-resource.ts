import { randomUUID } from 'node:crypto';
import { AwsError } from '../../../core/errors';
import { body, isBody, optionalText, text } from '../../../core/input';
import type { Control, FunctionInvoker } from '../../../core/module';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';

const patienceMilliseconds = 60_000;
const responsePath = '/_local/custom-resource';

export interface CustomResourceParts {
  readonly lambda: () => FunctionInvoker;
  /** A URL that takes one PUT to a path of the account, for some seconds. */
  readonly presign: (path: string, seconds: number) => Promise<string>;
}

type RequestType = 'Create' | 'Update' | 'Delete';

/** Custom resources: a function is invoked and answers by a PUT to the URL it is given. */
export class CustomResources {
  /** Takes the answers of functions. */
  readonly control: Control;
  private readonly waiting = new Map<string, (answer: Body) => void>();

  constructor(private readonly parts: CustomResourceParts) {
    this.control = {
      method: 'PUT',
      path: responsePath,
      handle: (input) => {
        const answered = this.waiting.get(text(input, 'token'));
        if (answered === undefined)
          throw new AwsError('NotFound', 'no custom resource waits for this answer (any more)', 404);
        answered(input);
        return {};
      },
    };
  }

  providers(): readonly ResourceProvider[] {
    return ['Custom::*', 'AWS::CloudFormation::CustomResource'].map((type) => this.provider(type));
  }

  private provider(type: string): ResourceProvider {
    return {
      type,
      properties: ['ServiceToken'],
      anyProperties: true,
      accepted: { ServiceTimeout: `the account waits ${patienceMilliseconds / 1000} s for an answer` },
      replacedBy: ['ServiceToken'],
      create: (properties, context) => this.request('Create', properties, context, {}),
      update: (physicalId, properties, previous, context) =>
        this.request('Update', properties, context, {
          PhysicalResourceId: physicalId,
          OldResourceProperties: stringly(previous),
        }),
      delete: async (physicalId, properties, context) =>
        void (await this.request('Delete', properties, context, { PhysicalResourceId: physicalId })),
    };
  }

  private async request(
    kind: RequestType,
    properties: Body,
    context: ResourceContext,
    more: Body,
  ): Promise<Provisioned> {
    const token = randomUUID();
    const functionArn = text(properties, 'ServiceToken');
    const event = {
      RequestType: kind,
      ServiceToken: functionArn,
      ResponseURL: await this.parts.presign(`${responsePath}?token=${token}`, 7200),
      StackId: context.stackId,
      RequestId: token,
      LogicalResourceId: context.logicalId,
      ResourceType: context.resourceType,
      ResourceProperties: stringly(properties),
      ...more,
    };
    const answer = await this.answerOf(token, functionArn, event);
    if (optionalText(answer, 'Status') !== 'SUCCESS')
      throw new AwsError(
        'CustomResourceFailed',
        `Received response status [FAILED] from custom resource. Message returned: ${optionalText(answer, 'Reason') ?? 'none'}`,
      );
    return { physicalId: optionalText(answer, 'PhysicalResourceId') ?? token, attributes: body(answer, 'Data') };
  }

  private async answerOf(token: string, functionArn: string, event: Body): Promise<Body> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const answered = new Promise<Body>((done, fail) => {
      this.waiting.set(token, done);
      timer = setTimeout(
        () =>
          fail(
            new AwsError(
              'CustomResourceTimeout',
              `the function ${functionArn} did not answer to the response URL within ${patienceMilliseconds / 1000} s`,
            ),
          ),
        patienceMilliseconds,
      );
    });
    try {
      const failed = this.parts
        .lambda()
        .invoke(functionArn, event)
        .then(({ error, payload }) => {
          if (error !== undefined)
            throw new AwsError(
              'CustomResourceFailed',
              `the function ${functionArn} failed: ${JSON.stringify(payload)}`,
            );
          return answered;
        });
      return await Promise.race([answered, failed]);
    } finally {
      clearTimeout(timer);
      this.waiting.delete(token);
      answered.catch(() => undefined);
    }
  }
}

/** CloudFormation hands numbers and booleans to custom resources as strings. */
function stringly(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(stringly);
  if (!isBody(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, stringly(each)]));
}
