import type { Stack } from '../../../cloudformation/stack';
import type { Provisioned, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';

/** Stacks inside of stacks. */
export interface NestedStacks {
  /** @throws AwsError when the stack did not reach CREATE_COMPLETE. */
  createNested(name: string, properties: Body, parentId: string): Promise<Stack>;
  /** @throws AwsError when the stack did not reach UPDATE_COMPLETE; it has rolled back then. */
  updateNested(stackId: string, properties: Body): Promise<Stack>;
  deleteNested(stackId: string): Promise<void>;
}

/** AWS::CloudFormation::Stack. */
export function nestedStackProvider(stacks: () => NestedStacks): ResourceProvider {
  const provisioned = (stack: Stack): Provisioned => ({
    physicalId: stack.id,
    attributes: Object.fromEntries(stack.outputs.map(({ key, value }) => [`Outputs.${key}`, value])),
  });
  return {
    type: 'AWS::CloudFormation::Stack',
    properties: ['NotificationARNs', 'Parameters', 'Tags', 'TemplateURL'],
    accepted: { TimeoutInMinutes: 'nothing takes that long' },
    create: async (properties, context) =>
      provisioned(await stacks().createNested(context.generateName(128), properties, context.stackId)),
    update: async (stackId, properties) => provisioned(await stacks().updateNested(stackId, properties)),
    delete: (stackId) => stacks().deleteNested(stackId),
  };
}
