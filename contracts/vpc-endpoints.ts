import { vpcConfigOf } from '@mooring/use-case/sections/network';
import type { UseCase } from '@mooring/use-case/use-case';

/** Services that jobs, models and functions of a use case reach; in a VPC without internet each needs an endpoint. */
export function vpcEndpoints(useCase: UseCase): readonly string[] {
  if (vpcConfigOf(useCase.network) === undefined) return [];
  const { stages, notifications } = useCase;
  const described = [stages.production, ...(stages.staging === undefined ? [] : [stages.staging])];
  const always = [
    'ecr.api',
    'ecr.dkr',
    'kms',
    'logs',
    'monitoring',
    's3',
    'sagemaker.api',
    'sagemaker.runtime',
    'sns',
    'sts',
  ];
  return [
    ...always,
    ...(described.some((each) => each.autoscaling !== undefined) ? ['application-autoscaling'] : []),
    ...(described.some((each) => each.trial !== undefined) ? ['lambda'] : []),
    ...((notifications.chats ?? []).length > 0 ? ['ssm'] : []),
  ].sort();
}
