import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { DescribePipelineCommand } from '@aws-sdk/client-sagemaker';
import { type DetectorName, driftDirection } from '@mooring/use-case/drift-detectors';
import { liveFiles, metadataKeys, prefixes, resourceNames } from '../../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { readAlarms, type AlarmState } from '../alarms';
import { readDecisions, type Decision } from '../decisions';
import { readEvaluation, type Evaluation } from '../../shared/evaluation';
import { readExecution, type ExecutionState } from '../../shared/execution';
import { readFoundation } from '../../shared/foundation';
import { readInbox, type Notification } from '../inbox';
import { readJson } from '../../shared/objects';
import { describePackage, listPackages } from '../../shared/registry';
import type { Session } from '../../shared/session';
import { distributionOf, type Distribution, type Statistics } from './distribution';

/** A model version with what its training run found. */
export interface ReportedVersion {
  readonly version: number;
  readonly arn: string;
  readonly approval: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly execution?: ExecutionState;
  readonly evaluation?: Evaluation;
}

/** Baseline and one monitored window of a feature. */
export interface FeatureComparison {
  readonly feature: string;
  readonly detector: DetectorName;
  readonly threshold: number;
  readonly value?: number;
  readonly window: string;
  readonly baseline?: Distribution;
  readonly captured?: Distribution;
}

/** All the report shows. */
export interface ReportData {
  readonly useCase: Pick<UseCase, 'name' | 'title' | 'purpose'>;
  readonly now: string;
  readonly definition: unknown;
  readonly versions: readonly ReportedVersion[];
  readonly alarms: readonly AlarmState[];
  readonly features: readonly FeatureComparison[];
  readonly decisions: readonly Decision[];
  readonly notifications: readonly Notification[];
}

async function readVersions(session: Session, useCase: string): Promise<readonly ReportedVersion[]> {
  const packages = [...(await listPackages(session.clients, useCase))].reverse();
  return Promise.all(
    packages.map(async ({ arn, version, approval }) => {
      const { CustomerMetadataProperties = {} } = await describePackage(session.clients, arn);
      const executionArn = CustomerMetadataProperties[metadataKeys.executionArn];
      if (executionArn === undefined) return { version, arn, approval, metadata: CustomerMetadataProperties };
      const [execution, evaluation] = await Promise.all([
        readExecution(session.clients, executionArn),
        readEvaluation(session, useCase, executionArn),
      ]);
      return { version, arn, approval, metadata: CustomerMetadataProperties, execution, evaluation };
    }),
  );
}

interface DriftReport {
  readonly features?: readonly Judged[];
  /** The model's answers. */
  readonly predictions?: readonly Judged[];
}

interface Judged {
  readonly name?: string;
  readonly column?: string;
  readonly value?: number | null;
}

/** The monitored features in the window where each drifted most. */
async function readFeatures(session: Session, useCase: UseCase): Promise<readonly FeatureComparison[]> {
  const { artifactBucket } = await readFoundation(session.clients);
  const statisticsIn = (folder: string): Promise<Statistics> => readStatistics(session, artifactBucket, folder);
  const baseline = await statisticsIn(prefixes.live(useCase.name));
  const { Contents = [] } = await session.clients.s3.send(
    new ListObjectsV2Command({ Bucket: artifactBucket, Prefix: `${prefixes.monitoring(useCase.name)}/data/` }),
  );
  const folders = [...new Set(Contents.map((each) => (each.Key ?? '').split('/').slice(0, -1).join('/')))].sort();
  const runs = await Promise.all(
    folders.map(async (folder) => ({
      folder,
      statistics: await statisticsIn(folder),
      drift: await readJson<DriftReport>(session.clients, artifactBucket, `${folder}/drift_report.json`),
    })),
  );
  return useCase.monitoring.features.map(({ name, threshold, detector }) => {
    // A p-value is worse when it is smaller.
    const gravity = (value: number | undefined): number =>
      value === undefined ? -Infinity : driftDirection(detector) === 'below' ? -value : value;
    const values = runs.map((run) => ({
      run,
      value:
        [...(run.drift?.features ?? []), ...(run.drift?.predictions ?? [])].find(
          (each) => (each.name ?? each.column) === name,
        )?.value ?? undefined,
    }));
    const worst =
      values.reduce<(typeof values)[number] | undefined>(
        (best, each) => (gravity(each.value) > gravity(best?.value) ? each : best),
        undefined,
      ) ?? values.at(-1);
    return {
      feature: name,
      detector,
      threshold,
      value: worst?.value,
      window: worst?.run.folder.split('/').at(-1) ?? 'no run yet',
      baseline: distributionOf(baseline, name),
      captured: distributionOf(worst?.run.statistics, name),
    };
  });
}

/** Statistics of the features and, where they were recorded, of the answers. */
async function readStatistics({ clients }: Session, bucket: string, folder: string): Promise<Statistics> {
  const files = [liveFiles.statistics, liveFiles.predictions];
  const found = await Promise.all(files.map((file) => readJson<Statistics>(clients, bucket, `${folder}/${file}`)));
  return { features: found.flatMap((each) => each?.features ?? []) };
}

/** Reads everything from the account. */
export async function collectReport(session: Session, useCase: UseCase): Promise<ReportData> {
  const { PipelineDefinition = '{}' } = await session.clients.sagemaker.send(
    new DescribePipelineCommand({ PipelineName: resourceNames.pipeline(useCase.name) }),
  );
  const { now } = (await session.control('GET', '/_local/clock')) as { readonly now: string };
  return {
    useCase: { name: useCase.name, title: useCase.title, purpose: useCase.purpose },
    now,
    definition: JSON.parse(PipelineDefinition) as unknown,
    versions: await readVersions(session, useCase.name),
    alarms: await readAlarms(session.clients, useCase.name),
    features: await readFeatures(session, useCase),
    decisions: await readDecisions(session.clients, useCase.name),
    notifications: await readInbox(session),
  };
}
