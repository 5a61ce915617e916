import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { metricNamespaces } from '../../contracts/metrics';
import { type MonitorKind, prefixes, resourceNames } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { arn } from '../config/arn';
import { allow, allowKey, allowRead, allowWrite, allowVolumes } from '../config/grants';
import { allowJobsInVpc } from '../config/network';
import type { Foundation } from '../foundation/foundation-stack';
import type { CodeAssets } from '../training/code-assets';
import type { PrebuiltImages } from '../training/images';
import { allowContainerRuntime } from '../training/job-runtime';

export interface MonitorRoleProps {
  readonly kind: MonitorKind;
  readonly useCase: UseCase;
  readonly foundation: Foundation;
  readonly code: CodeAssets;
  readonly images: PrebuiltImages;
}

/** Whether a monitor compares answers with what turned out to be true. */
export function needsGroundTruth(kind: MonitorKind): boolean {
  return kind === 'quality' || kind === 'bias';
}

/** Prefix of the data bucket below which the rows lie that are watched. */
export function watchedRows({ name, monitoring }: UseCase): string {
  return monitoring.source === 'batch' ? prefixes.batchOutput(name) : prefixes.capture(name);
}

/** Folder of the runs of one monitor, one sub-folder per time, without trailing slash. */
export function findings(useCase: UseCase, kind: MonitorKind): string {
  return `${prefixes.monitoring(useCase.name)}/${kind}`;
}

/** The role of the runs of one monitor: it may do what that kind does (`watch --kind`), and nothing else. */
export function createMonitorRole(scope: Construct, props: MonitorRoleProps): iam.Role {
  const { kind, useCase, foundation, code, images } = props;
  const role = new iam.Role(scope, 'JobRole', {
    assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
    description: `Runs of the ${kind} monitor of ${useCase.name}`,
  });
  const truth = needsGroundTruth(kind) ? [prefixes.groundTruth(useCase.name)] : [];
  // The explanations run loads the live model, which lies with the execution that trained it.
  const model = kind === 'explanations' ? [prefixes.executions(useCase.name)] : [];
  const own = findings(useCase, kind);
  allowRead(role, 'Data', foundation.dataBucket, [watchedRows(useCase), ...truth]);
  allowRead(role, 'Artifacts', foundation.artifactBucket, [prefixes.live(useCase.name), own, ...model]);
  allowWrite(role, 'Reports', foundation.artifactBucket, [own]);
  allowKey(role, foundation.key);
  allowVolumes(role, foundation.key);
  allowJobsInVpc(role, useCase.network);
  code.allowRead(role);
  allow(role, 'Metrics', ['cloudwatch:PutMetricData'], ['*'], {
    conditions: { StringEquals: { 'cloudwatch:namespace': metricNamespaces[kind] } },
    because: "the action knows no resource; the condition bounds it to the monitor's namespace",
  });
  if (kind === 'explanations') {
    const group = resourceNames.packageGroup(useCase.name);
    allow(role, 'LiveVersion', ['sagemaker:DescribeModelPackage'], [arn('sagemaker', `model-package/${group}/*`)], {
      because: 'versions are numbered by the registry, inside the own group',
    });
  }
  allowContainerRuntime(role, images);
  return role;
}
