import * as iam from 'aws-cdk-lib/aws-iam';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { environment } from '../../contracts/environment';
import { labelSettings } from '../../contracts/function-settings';
import { metricNamespaces } from '../../contracts/metrics';
import { prefixes, resourceNames, variantName } from '../../contracts/names';
import type { Labels, UseCase } from '@mooring/use-case/use-case';
import { allow, allowKey, allowRead, allowWrite, allowVolumes } from '../config/grants';
import { allowJobsInVpc } from '../config/network';
import type { Foundation } from '../foundation/foundation-stack';
import type { FunctionBundles } from '../functions/function-bundles';
import { MooringFunction } from '../functions/mooring-function';
import { ScheduledJob } from '../training/scheduled-job';
import type { CodeAssets } from '../training/code-assets';
import type { PrebuiltImages } from '../training/images';
import { allowContainerRuntime } from '../training/job-runtime';

export interface GroundTruthProps {
  readonly useCase: UseCase;
  readonly labels: Labels;
  readonly foundation: Foundation;
  readonly bundles: FunctionBundles;
  readonly code: CodeAssets;
  readonly images: PrebuiltImages;
  readonly group: scheduler.CfnScheduleGroup;
}

/**
 * Ground truth of one use case: the label function takes it, a scheduled join merges it with the captured rows.
 *
 * Each join writes a version of labelled rows, which is never changed: `<labelled>/<time of the join>/rows/labelled.csv`.
 */
export class GroundTruth extends Construct {
  readonly label: MooringFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: GroundTruthProps,
  ) {
    super(scope, id);
    this.label = this.createLabelFunction();
    this.createJoin(this.createJobRole());
  }

  private createLabelFunction(): MooringFunction {
    const { useCase, foundation, bundles } = this.props;
    const label = new MooringFunction(this, 'Label', {
      code: 'label',
      functionName: resourceNames.labelFunction(useCase.name),
      description: `Takes ground truth for predictions of ${useCase.name}`,
      bundles,
      key: foundation.key,
      network: useCase.network,
      deadLetters: foundation.deadLetters,
      topic: foundation.topic,
      environment: {
        [environment.useCase]: useCase.name,
        [environment.dataBucket]: foundation.dataBucket.bucketName,
        [environment.settings]: JSON.stringify(labelSettings(useCase)),
      },
    });
    allowWrite(label.role, 'GroundTruth', foundation.dataBucket, [prefixes.groundTruth(useCase.name)]);
    allowKey(label.role, foundation.key);
    return label;
  }

  private createJobRole(): iam.Role {
    const { useCase, foundation, code, images } = this.props;
    const role = new iam.Role(this, 'JobRole', {
      assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
      description: `Joins labels of ${useCase.name} with captured rows`,
    });
    allowRead(role, 'Data', foundation.dataBucket, [
      prefixes.capture(useCase.name),
      prefixes.groundTruth(useCase.name),
    ]);
    allowWrite(role, 'Labelled', foundation.dataBucket, [prefixes.labelled(useCase.name)]);
    allowKey(role, foundation.key);
    allowVolumes(role, foundation.key);
    allowJobsInVpc(role, this.props.useCase.network);
    code.allowRead(role);
    allow(role, 'Metrics', ['cloudwatch:PutMetricData'], ['*'], {
      conditions: { StringEquals: { 'cloudwatch:namespace': metricNamespaces.quality } },
      because: "the action knows no resource; the condition bounds it to the quality monitor's namespace",
    });
    allowContainerRuntime(role, images);
    return role;
  }

  private createJoin(jobRole: iam.Role): void {
    const { useCase, labels, foundation, code, images, group } = this.props;
    const { dataBucket } = foundation;
    const name = resourceNames.labelSchedule(useCase.name);
    new ScheduledJob(this, 'Join', {
      name,
      description: `Joins labels of ${useCase.name} with captured rows`,
      every: labels.every,
      image: images.uri('scikit-learn'),
      instance: useCase.monitoring.instance,
      network: useCase.network,
      command: [
        ...['monitor', 'join', '--window-end', '<aws.scheduler.scheduled-time>'],
        ...['--window', useCase.retraining.window, '--expected-within', labels.expected_within],
        ...['--endpoint', resourceNames.endpoint(useCase.name), '--variant', variantName, '--schedule', name],
        ...['--capture', `s3://${dataBucket.bucketName}/${prefixes.capture(useCase.name)}`],
        ...['--ground-truth', `s3://${dataBucket.bucketName}/${prefixes.groundTruth(useCase.name)}`],
        ...['--output', ScheduledJob.folder('labelled')],
      ],
      output: {
        name: 'labelled',
        uri: `s3://${dataBucket.bucketName}/${prefixes.labelled(useCase.name)}/<aws.scheduler.scheduled-time>`,
      },
      foundation,
      code,
      jobRole,
      group,
    });
  }
}
