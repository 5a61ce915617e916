import { z } from 'zod';
import { instanceType } from './values';

/** Title of the image made from `python/mooring-monitor/container`, and its repository's name: the local account knows it by this. */
export const monitorRepository = 'mooring-monitor';

/** An image by its digest, in a registry of the own AWS accounts. */
const image = z
  .string()
  .regex(
    /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\/[a-z0-9][a-z0-9._/-]*@sha256:[0-9a-f]{64}$/,
    'an ECR image by its digest: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/mooring-monitor@sha256:<64 hex digits>',
  );

/** `monitoring.compute`: where the baseline of the training data is counted when one machine is not enough. */
export const compute = z.strictObject({
  /** `single`: one process in the prebuilt image. `spark`: on all instances. `auto`: Spark from `from_gib` of input on. */
  engine: z.enum(['single', 'spark', 'auto']).default('auto'),
  /** The image made from python/mooring-monitor/container. Left out: deployments build it and push it with the other assets. */
  image: image.optional(),
  instance: instanceType.default('ml.m5.xlarge'),
  /** Instances of the Spark cluster; each gets all of the data, and works on its share. */
  count: z.number().int().min(1).max(20).default(2),
  /** Disk of each instance, in GB. */
  volume_gb: z.number().int().min(30).max(1_000).default(100),
  /** Size of the input in GiB from which on `auto` takes Spark. */
  from_gib: z.number().gt(0).max(10_000).default(20),
});

export type Compute = z.infer<typeof compute>;

/** A cluster that a job runs on: the settings of an engine that may take Spark. */
export type SparkCluster = Compute & { readonly image: string };

/** Whether deployments build the monitor's image: the use case wants Spark, and names no image. */
export function buildsMonitorImage(section: Compute | undefined): boolean {
  return section !== undefined && section.engine !== 'single' && section.image === undefined;
}

/**
 * The cluster that a use case asks for; undefined when one process does.
 *
 * @param built the image that the deployment builds, see {@link buildsMonitorImage}.
 * @throws Error when there is neither that nor an image of the use case.
 */
export function sparkCluster(section: Compute | undefined, built?: string): SparkCluster | undefined {
  if (section === undefined || section.engine === 'single') return undefined;
  const image = section.image ?? built;
  if (image === undefined) throw new Error('the deployment builds no image of the monitor');
  return { ...section, image };
}

interface Looked {
  readonly monitoring?: {
    readonly engine?: unknown;
    readonly features?: readonly { readonly detector?: unknown }[];
    readonly compute?: { readonly engine?: unknown };
  };
}

/** Checks the section: what Spark needs, and what does not go with it. */
export function checkCompute(
  { monitoring }: Looked,
  complain: (path: (string | number)[], message: string) => void,
): void {
  const { engine: monitor, features = [], compute: section } = monitoring ?? {};
  if (section === undefined || section.engine === 'single') return;
  if (monitor === 'model-monitor')
    complain(
      ['monitoring', 'compute', 'engine'],
      'Spark is for monitoring.engine open; leave monitoring.compute out, or choose engine open',
    );
  features.forEach((each, index) => {
    if (each.detector === 'classifier')
      complain(
        ['monitoring', 'features', index, 'detector'],
        "'classifier' needs its rows in one process; choose monitoring.compute.engine single, or another detector",
      );
  });
}
