import { type Stack, Stage, type StageProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { appName, stackNames, type StageName } from '../../contracts/names';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { releaseNames } from '../../contracts/release';
import { FoundationStack, type Foundation } from '../foundation/foundation-stack';
import type { FunctionBundles } from '../functions/function-bundles';
import { MonitoringStack } from '../monitoring/monitoring-stack';
import { RetrainingStack } from '../retraining/retraining-stack';
import { ServingStack } from '../serving/serving-stack';
import { CodeAssets } from '../training/code-assets';
import type { StandardCode } from '../training/code-bundle';
import { TrainingStack } from '../training/training-stack';
import { AccessStack } from './access-stack';
import { allowRegistryOf, type RemoteRegistry, sharedArtifactBucket, shareRegistryWith } from './cross-account';
import { exportFoundation, type FoundationExports } from './shared-foundation';

export interface ReleaseStageProps extends StageProps {
  readonly useCases: readonly LoadedUseCase[];
  readonly bundles: FunctionBundles;
  readonly standardCode: StandardCode;
  /** Account of the release pipeline; default: the stage's own. */
  readonly toolingAccount?: string;
}

/** Names of the stacks do not depend on the way they are deployed: `cdk deploy` of one of them meets the same stack. */
const named = (stackName: string): { readonly stackName: string } => ({ stackName });

/** What both stages have in common. */
abstract class ReleaseStage<P extends ReleaseStageProps = ReleaseStageProps> extends Stage {
  constructor(
    scope: Construct,
    readonly stage: StageName,
    protected readonly release: P,
  ) {
    super(scope, stage === 'staging' ? 'Staging' : 'Production', release);
    Tags.of(this).add('Application', appName);
  }

  protected addTraining(loaded: LoadedUseCase, foundation: Foundation): TrainingStack {
    const { bundles, standardCode } = this.release;
    const stackName = stackNames.training(loaded.useCase.name);
    return new TrainingStack(this, stackName, { loaded, foundation, bundles, standardCode, ...named(stackName) });
  }

  protected addServing({ useCase }: LoadedUseCase, foundation: Foundation): ServingStack {
    const { bundles } = this.release;
    const stackName = stackNames.serving(useCase.name, this.stage);
    return new ServingStack(this, stackName, { useCase, foundation, bundles, stage: this.stage, ...named(stackName) });
  }

  protected addAccess(foundation: Foundation | FoundationExports): AccessStack {
    const stackName = releaseNames.accessStack(this.stage);
    return new AccessStack(this, stackName, {
      stage: this.stage,
      useCases: this.release.useCases.map(({ useCase }) => useCase),
      foundation,
      toolingAccount: this.release.toolingAccount,
      ...named(stackName),
    });
  }

  protected tag({ useCase }: LoadedUseCase, stacks: readonly Stack[]): void {
    for (const stack of stacks) Tags.of(stack).add('UseCase', useCase.name);
  }
}

export interface StagingProps extends ReleaseStageProps {
  /** Account that reads models from here, when it is another one. */
  readonly productionAccount?: string;
}

/** Staging: the foundation, and of each use case training, registry and a staging endpoint. */
export class StagingStage extends ReleaseStage<StagingProps> {
  /** For a production stage in the same account. */
  readonly foundation: FoundationExports;

  constructor(scope: Construct, props: StagingProps) {
    super(scope, 'staging', props);
    const foundation = new FoundationStack(this, stackNames.foundation, {
      ...named(stackNames.foundation),
      ...(props.productionAccount === undefined ? {} : { artifactBucketName: sharedArtifactBucket(props.env) }),
    });
    this.foundation = exportFoundation(foundation);
    this.addAccess(foundation);
    for (const loaded of props.useCases) this.addUseCase(loaded, foundation);
  }

  private addUseCase(loaded: LoadedUseCase, foundation: FoundationStack): void {
    const { productionAccount } = this.release;
    const training = this.addTraining(loaded, foundation);
    const serving = this.addServing(loaded, foundation);
    serving.addStackDependency(training);
    if (productionAccount !== undefined) shareRegistryWith(productionAccount, { foundation, training, loaded });
    this.tag(loaded, [training, serving]);
  }
}

export interface ProductionProps extends ReleaseStageProps {
  /** The foundation of the account when staging made it; otherwise this stage has a foundation and a training of its own. */
  readonly shared?: FoundationExports;
  /** Where models come from, when that is another account. */
  readonly registry?: RemoteRegistry;
}

/** Production: serving, monitoring and retraining of each use case; in an account of its own also what they stand on. */
export class ProductionStage extends ReleaseStage<ProductionProps> {
  constructor(scope: Construct, props: ProductionProps) {
    super(scope, 'production', props);
    const own = props.shared === undefined ? this.ownFoundation() : undefined;
    const access = this.addAccess(own ?? (props.shared as FoundationExports));
    for (const loaded of props.useCases) this.addUseCase(loaded, own ?? access.foundation, own !== undefined);
  }

  private ownFoundation(): FoundationStack {
    return new FoundationStack(this, stackNames.foundation, named(stackNames.foundation));
  }

  private addUseCase(loaded: LoadedUseCase, foundation: Foundation, trains: boolean): void {
    const { bundles, registry, standardCode } = this.release;
    const { useCase } = loaded;
    const { name } = useCase;
    const training = trains ? this.addTraining(loaded, foundation) : undefined;
    const serving = this.addServing(loaded, foundation);
    const monitoring = new MonitoringStack(this, stackNames.monitoring(name), {
      useCase,
      foundation,
      bundles,
      code: training?.code ?? new CodeAssets(serving, 'Code', standardCode, loaded),
      ...named(stackNames.monitoring(name)),
    });
    const retraining = new RetrainingStack(this, stackNames.retraining(name), {
      useCase,
      foundation,
      bundles,
      ...named(stackNames.retraining(name)),
    });
    const watching = [monitoring, retraining];
    for (const stack of watching) stack.addStackDependency(serving);
    if (training !== undefined) serving.addStackDependency(training);
    if (registry !== undefined) allowRegistryOf(registry, { serving, loaded });
    this.tag(loaded, [...(training === undefined ? [] : [training]), serving, ...watching]);
  }
}
