import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { prefixes, resourceNames, variantName } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import type { Foundation } from '../foundation/foundation-stack';
import type { CodeAssets } from '../training/code-assets';
import type { PrebuiltImages } from '../training/images';
import type { MonitorPlan } from './monitor-plan';
import { createMonitorRole, findings, needsGroundTruth, watchedRows } from './monitor-role';
import { ScheduledJob } from '../training/scheduled-job';

export interface MonitorScheduleProps {
  readonly plan: MonitorPlan;
  readonly useCase: UseCase;
  readonly foundation: Foundation;
  readonly code: CodeAssets;
  readonly images: PrebuiltImages;
  readonly endpointName: string;
  readonly group: scheduler.CfnScheduleGroup;
}

/** The schedule of one monitor. */
export class MonitorSchedule extends Construct {
  readonly name: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MonitorScheduleProps,
  ) {
    super(scope, id);
    const { plan, useCase, foundation, code, images, group } = props;
    this.name = resourceNames.schedule(useCase.name, plan.kind);
    new ScheduledJob(this, 'Job', {
      name: this.name,
      description: `Monitor of the ${plan.kind} of ${useCase.name}`,
      every: plan.every,
      image: images.uri(plan.image),
      instance: useCase.monitoring.instance,
      network: useCase.network,
      command: this.command(),
      output: {
        name: 'findings',
        uri: `s3://${foundation.artifactBucket.bucketName}/${findings(useCase, plan.kind)}/<aws.scheduler.scheduled-time>`,
      },
      foundation,
      code,
      jobRole: createMonitorRole(this, { kind: plan.kind, useCase, foundation, code, images }),
      group,
    });
  }

  private command(): string[] {
    const { plan, useCase, foundation, endpointName } = this.props;
    const { dataBucket, artifactBucket } = foundation;
    return [
      ...['monitor', 'watch', '--kind', plan.kind],
      ...['--window-end', '<aws.scheduler.scheduled-time>', '--window', plan.window],
      ...['--endpoint', endpointName, '--variant', variantName, '--schedule', this.name],
      useCase.monitoring.source === 'batch' ? '--batch-output' : '--capture',
      `s3://${dataBucket.bucketName}/${watchedRows(useCase)}`,
      ...(needsGroundTruth(plan.kind)
        ? ['--ground-truth', `s3://${dataBucket.bucketName}/${prefixes.groundTruth(useCase.name)}`]
        : []),
      ...['--baseline', `s3://${artifactBucket.bucketName}/${prefixes.live(useCase.name)}`],
      ...['--history', `s3://${artifactBucket.bucketName}/${findings(useCase, plan.kind)}`],
      ...['--output', ScheduledJob.folder('findings')],
    ];
  }
}
