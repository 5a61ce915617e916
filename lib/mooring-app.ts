import { App, type AppProps, Tags } from 'aws-cdk-lib';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { appName, stackNames } from '../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import type { Organization } from '../contracts/organization';
import type { SourceVersion } from './config/source-version';
import { type Foundation, FoundationStack } from './foundation/foundation-stack';
import { FunctionBundles } from './functions/function-bundles';
import { MonitoringStack } from './monitoring/monitoring-stack';
import { RetrainingStack } from './retraining/retraining-stack';
import { FrontDoorStack } from './serving/front-door-stack';
import { ServingStack } from './serving/serving-stack';
import { StandardCode } from './training/code-bundle';
import { TrainingStack } from './training/training-stack';

export interface MooringAppProps extends AppProps {
  /** The checkout. */
  readonly root: string;
  readonly useCases: readonly LoadedUseCase[];
  /** What holds for all use cases; default: nothing is asked for. */
  readonly organization?: Organization;
  /** Version of the checkout; default: unknown. */
  readonly source?: SourceVersion;
}

/** What the stacks of all use cases are made from. */
interface Shared {
  readonly foundation: Foundation;
  readonly bundles: FunctionBundles;
  readonly standardCode: StandardCode;
}

/** The whole application: the foundation once, then each use case's stacks. */
export class MooringApp extends App {
  constructor(props: MooringAppProps) {
    super(props);
    const terminationProtection = props.organization?.termination_protection ?? false;
    const foundation = new FoundationStack(this, stackNames.foundation, { terminationProtection });
    const standardCode = new StandardCode(props.root, props.source);
    const shared = { foundation, bundles: new FunctionBundles(props.root), standardCode };
    for (const loaded of props.useCases) this.addUseCase(loaded, shared);
    shared.bundles.dispose();
    Tags.of(this).add('Application', appName);
  }

  private addUseCase(loaded: LoadedUseCase, shared: Shared): void {
    const { foundation, bundles } = shared;
    const { useCase } = loaded;
    const { name } = useCase;
    const training = new TrainingStack(this, stackNames.training(name), {
      loaded,
      foundation,
      bundles,
      standardCode: shared.standardCode,
    });
    const staging = this.staging(useCase, shared);
    const serving = new ServingStack(this, stackNames.serving(name), {
      useCase,
      foundation,
      bundles,
      approvals: staging === undefined ? 'registry' : 'life-cycle',
    });
    const monitoring = new MonitoringStack(this, stackNames.monitoring(name), {
      useCase,
      foundation,
      bundles,
      code: training.code,
    });
    const retraining = new RetrainingStack(this, stackNames.retraining(name), { useCase, foundation, bundles });
    // The package group exists before anything can be approved in it, the pipeline before anything can start it, and the
    // code is uploaded before a schedule runs it.
    for (const stack of [staging, serving, monitoring, retraining]) stack?.addStackDependency(training);
    const frontDoor = this.frontDoor(useCase, shared);
    // It calls the label function, which belongs to the monitoring stack.
    frontDoor?.addStackDependency(monitoring);
    for (const stack of [training, staging, serving, monitoring, retraining, frontDoor])
      if (stack !== undefined) Tags.of(stack).add('UseCase', name);
  }

  /** The stage before production, when the use case describes one: production then takes only what served there. */
  private staging(useCase: UseCase, { foundation, bundles }: Shared): ServingStack | undefined {
    if (useCase.stages.staging === undefined) return undefined;
    const props = { useCase, foundation, bundles, stage: 'staging', approvals: 'registry' } as const;
    return new ServingStack(this, stackNames.serving(useCase.name, 'staging'), props);
  }

  private frontDoor(useCase: UseCase, { foundation, bundles }: Shared): FrontDoorStack | undefined {
    const { name, api } = useCase;
    if (api === undefined) return undefined;
    return new FrontDoorStack(this, stackNames.frontDoor(name), { useCase, api, foundation, bundles });
  }
}
