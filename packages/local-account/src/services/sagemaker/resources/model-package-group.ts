import { text } from '../../../core/input';
import type { Provisioned, ResourceProvider } from '../../../core/provider';
import { unlessMissing } from './calls';
import type { SageMakerCalls } from './calls';

/** AWS::SageMaker::ModelPackageGroup. Ref gives the ARN. A group that still has versions is not deleted, as on AWS. */
export function modelPackageGroupProvider({ account, call, tagList, tags }: SageMakerCalls): ResourceProvider {
  const provisioned = async (name: string): Promise<Provisioned> => {
    const group = await call('DescribeModelPackageGroup', { ModelPackageGroupName: name });
    const created = group['CreationTime'];
    return {
      physicalId: text(group, 'ModelPackageGroupArn'),
      attributes: {
        ModelPackageGroupArn: group['ModelPackageGroupArn'],
        ModelPackageGroupStatus: group['ModelPackageGroupStatus'],
        CreationTime: created instanceof Date ? created.toISOString() : created,
      },
    };
  };
  return {
    type: 'AWS::SageMaker::ModelPackageGroup',
    properties: ['ModelPackageGroupName', 'ModelPackageGroupDescription', 'Tags'],
    accepted: { ModelPackageGroupPolicy: 'other accounts do not exist on a laptop' },
    replacedBy: ['ModelPackageGroupName', 'ModelPackageGroupDescription'],
    attributes: ['ModelPackageGroupArn', 'ModelPackageGroupStatus', 'CreationTime'],
    physicalIdOf: (properties) =>
      account.arn('sagemaker', `model-package-group/${text(properties, 'ModelPackageGroupName')}`),
    create: async (properties, context) => {
      const name = text(properties, 'ModelPackageGroupName');
      const description = properties['ModelPackageGroupDescription'];
      await call('CreateModelPackageGroup', {
        ModelPackageGroupName: name,
        ...(description === undefined ? {} : { ModelPackageGroupDescription: description }),
        Tags: tagList(properties, context),
      });
      return provisioned(name);
    },
    update: (physicalId, properties, _previous, context) => {
      tags.replace(physicalId, { Tags: tagList(properties, context) });
      return provisioned(text(properties, 'ModelPackageGroupName'));
    },
    delete: (physicalId) =>
      unlessMissing(
        call('DeleteModelPackageGroup', { ModelPackageGroupName: physicalId.slice(physicalId.lastIndexOf('/') + 1) }),
      ),
  };
}
