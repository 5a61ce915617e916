import { App, type AppProps, Tags } from 'aws-cdk-lib';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedUseCase } from '../contracts/load-use-case';
import { appName, stackNames } from '../contracts/names';
import type { OptionalStep } from '../pipeline-defs/standard/place';
import { FoundationStack } from './foundation/foundation-stack';
import { FunctionBundles } from './functions/function-bundles';
import { MonitoringStack } from './monitoring/monitoring-stack';
import { RetrainingStack } from './retraining/retraining-stack';
import { ServingStack } from './serving/serving-stack';
import { TrainingStack } from './training/training-stack';

export interface MooringAppProps extends AppProps {
  /** The checkout. */
  readonly root: string;
  readonly useCases: readonly LoadedUseCase[];
}

/** The whole application: the foundation once, then each use case's stacks. */
export class MooringApp extends App {
  constructor(private readonly props: MooringAppProps) {
    super(props);
    const foundation = new FoundationStack(this, stackNames.foundation);
    const bundles = new FunctionBundles(props.root);
    for (const loaded of props.useCases) this.addUseCase(loaded, foundation, bundles);
    bundles.dispose();
    Tags.of(this).add('Application', appName);
  }

  private addUseCase(loaded: LoadedUseCase, foundation: FoundationStack, bundles: FunctionBundles): void {
    const { root } = this.props;
    const { useCase } = loaded;
    const { name } = useCase;
    const training = new TrainingStack(this, stackNames.training(name), {
      root,
      loaded,
      foundation,
      without: missingSteps(root),
    });
    const serving = new ServingStack(this, stackNames.serving(name), { useCase, foundation, bundles });
    const monitoring = new MonitoringStack(this, stackNames.monitoring(name), {
      useCase,
      foundation,
      bundles,
      code: training.code,
    });
    const retraining = new RetrainingStack(this, stackNames.retraining(name), { useCase, foundation, bundles });
    // The package group exists before anything can be approved in it, the pipeline before anything can start it, and the
    // code is uploaded before a schedule runs it.
    for (const stack of [serving, monitoring, retraining]) stack.addStackDependency(training);
    for (const stack of [training, serving, monitoring, retraining]) Tags.of(stack).add('UseCase', name);
  }
}

/** Steps whose command the monitor of this checkout does not have. */
function missingSteps(root: string): OptionalStep[] {
  const commands: Readonly<Record<OptionalStep, string>> = {
    ModelQuality: 'quality',
    ModelBias: 'bias',
    Explain: 'explain',
  };
  return (Object.keys(commands) as OptionalStep[]).filter(
    (step) => !existsSync(join(root, 'monitor/mooring_monitor/commands', `${commands[step]}.py`)),
  );
}
