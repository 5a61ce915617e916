import { z } from 'zod';

/** Where jobs, models and functions run; of a use case, or in `mooring.yaml` for all of an organization's use cases. */
export const network = z
  .strictObject({
    /** The VPC, for people and for `mooring doctor`; AWS reads subnets and security groups. */
    vpc: z
      .string()
      .regex(/^vpc-[0-9a-f]{8,17}$/, 'the id of a VPC, e.g. vpc-0a1b2c3d4e5f60718')
      .optional(),
    /** Subnets in which network interfaces are made; in two zones at least for endpoints and functions that have to be there. */
    subnets: z
      .array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'the id of a subnet, e.g. subnet-0a1b2c3d4e5f60718'))
      .min(1)
      .max(16)
      .optional(),
    /** Security groups of those interfaces. */
    security_groups: z
      .array(z.string().regex(/^sg-[0-9a-f]{8,17}$/, 'the id of a security group, e.g. sg-0a1b2c3d4e5f60718'))
      .min(1)
      .max(5)
      .optional(),
    /** Whether containers that need no network have none; monitors that read S3 themselves and Spark clusters need one. */
    isolation: z.boolean().default(true),
    /** Whether instances of one job encrypt what they send to each other. */
    inter_container_encryption: z.boolean().default(true),
  })
  .refine(
    (given) => [given.vpc, given.subnets, given.security_groups].filter((each) => each !== undefined).length % 3 === 0,
    {
      error: 'vpc, subnets and security_groups belong together; give all three, or none',
    },
  );

export type Network = z.infer<typeof network>;

/** VpcConfig of SageMaker's requests; undefined when there is no VPC. */
export function vpcConfigOf(given: Network | undefined): VpcConfig | undefined {
  if (given?.subnets === undefined || given.security_groups === undefined) return undefined;
  return { SecurityGroupIds: given.security_groups, Subnets: given.subnets };
}

export interface VpcConfig {
  readonly SecurityGroupIds: string[];
  readonly Subnets: string[];
}
