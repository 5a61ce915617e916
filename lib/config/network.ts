import type * as iam from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { type Network, vpcConfigOf } from '@mooring/use-case/sections/network';
import { allow } from './grants';

const interfaces = ['CreateNetworkInterface', 'DeleteNetworkInterface', 'DescribeNetworkInterfaces'];
const because = 'EC2 knows the interfaces only when they are made, and its descriptions know no resource';

/** What SageMaker does with the role of a job or model to put it into a VPC. */
export function allowJobsInVpc(role: iam.Role, network: Network | undefined): void {
  if (vpcConfigOf(network) === undefined) return;
  const more = ['CreateNetworkInterfacePermission', 'DeleteNetworkInterfacePermission'].concat([
    'DescribeVpcs',
    'DescribeDhcpOptions',
    'DescribeSubnets',
    'DescribeSecurityGroups',
  ]);
  allow(
    role,
    'Network',
    [...interfaces, ...more].map((action) => `ec2:${action}`),
    ['*'],
    { because },
  );
}

/** Puts a function into the VPC, and lets its role have the interfaces. */
export function intoVpc(resource: CfnFunction, role: iam.Role, network: Network | undefined): void {
  const vpc = vpcConfigOf(network);
  if (vpc === undefined) return;
  const more = ['DescribeSubnets', 'AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'];
  allow(
    role,
    'Network',
    [...interfaces, ...more].map((action) => `ec2:${action}`),
    ['*'],
    { because },
  );
  resource.vpcConfig = { subnetIds: vpc.Subnets, securityGroupIds: vpc.SecurityGroupIds };
}
