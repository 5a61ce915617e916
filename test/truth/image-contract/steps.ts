import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { StandardCode, zipBundle } from '../../../lib/training/code-bundle';
import { standardPipeline } from '../../../pipeline-defs/standard/pipeline';
import { root } from '../../support/app';
import { Container, type ImageName } from './image';

interface Definition {
  readonly Steps: readonly Step[];
}

interface Step {
  readonly Name: string;
  readonly Type: string;
  readonly Arguments: {
    readonly AppSpecification?: Command & { readonly ImageUri: { readonly Get: string } };
    readonly AlgorithmSpecification?: Command & { readonly TrainingImage: { readonly Get: string } };
    readonly ProcessingInputs?: readonly {
      readonly InputName: string;
      readonly S3Input: { readonly LocalPath: string };
    }[];
    readonly ProcessingOutputConfig?: {
      readonly Outputs: readonly { readonly OutputName: string; readonly S3Output: { readonly LocalPath: string } }[];
    };
    readonly InputDataConfig?: readonly { readonly ChannelName: string }[];
    readonly HyperParameters?: Readonly<Record<string, unknown>>;
    readonly IfSteps?: readonly Step[];
    readonly InferenceSpecification?: {
      readonly Containers: readonly { readonly Environment?: Readonly<Record<string, string>> }[];
    };
  };
}

interface Command {
  readonly ContainerEntrypoint?: readonly string[];
  readonly ContainerArguments?: readonly string[];
}

const file = 'bundle.zip';
const nothing = 's3://nowhere/nothing';

/** A use case's pipeline, run step by step in containers of its images, by the commands of its definition. */
export class Steps {
  readonly definition: Definition;
  /** Folders with what a step reads, by the name of the input: what the steps before it have written, and the raw rows. */
  readonly folders = new Map<string, string>();
  private readonly containers: Container[] = [];

  constructor(
    readonly useCase: string,
    private readonly folder: string,
  ) {
    const loaded = loadUseCases(join(root, 'pipeline-defs')).find((each) => each.useCase.name === useCase);
    if (loaded === undefined) throw new Error(`there is no use case ${useCase}`);
    const place = {
      pipelineName: 'p',
      packageGroup: 'g',
      roleArn: 'arn:aws:iam::111122223333:role/jobs',
      kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/0',
      dataBucket: 'data',
      artifactBucket: 'artifacts',
      code: { zip: { uri: nothing, file } },
      noLabels: nothing,
      images: { processing: 'processing', training: 'training' },
      configHash: '0'.repeat(64),
    };
    this.definition = standardPipeline({ useCase: loaded.useCase, place }).toDefinition() as unknown as Definition;
    const code = this.made('code');
    writeFileSync(join(code, file), zipBundle(new StandardCode(root).bundle(loaded)));
    writeFileSync(
      join(this.made('labelled'), 'labelled.csv'),
      `${loaded.useCase.dataset.columns.map(({ name }) => name).join(',')}\n`,
    );
  }

  /** Rows of the use case's generator. */
  generate(rows: number): void {
    const generator = join(root, 'pipeline-defs', this.useCase, 'generator.py');
    const target = join(this.made('raw'), 'rows.csv');
    execFileSync(join(root, '.venv/bin/python'), [generator, 'data', '--rows', String(rows), '--output', target]);
  }

  /** Names of the steps that run code, in the order of the definition. */
  names(): readonly string[] {
    return this.definition.Steps.filter(({ Type }) => Type === 'Processing' || Type === 'Training').map(
      ({ Name }) => Name,
    );
  }

  image(name: string): ImageName {
    const { AppSpecification, AlgorithmSpecification } = this.step(name).Arguments;
    const uri = AppSpecification?.ImageUri ?? AlgorithmSpecification?.TrainingImage;
    return uri?.Get === 'Parameters.ProcessingImage' ? 'scikit-learn' : 'xgboost';
  }

  /** Variables that the registered model's container is given. */
  servingEnvironment(): Readonly<Record<string, string>> {
    const [register] = this.step('QualityGate').Arguments.IfSteps ?? [];
    return register?.Arguments.InferenceSpecification?.Containers[0]?.Environment ?? {};
  }

  /** Runs a step and keeps its outputs. @throws Error with all that it printed when it fails. */
  run(name: string): Container {
    const container = new Container(this.image(name));
    this.containers.push(container);
    const { Type, Arguments } = this.step(name);
    const command = Arguments.AppSpecification ?? Arguments.AlgorithmSpecification;
    if (Type === 'Training') this.layTraining(container, Arguments);
    for (const { InputName, S3Input } of Arguments.ProcessingInputs ?? [])
      cpSync(this.input(InputName), container.local(S3Input.LocalPath), { recursive: true });
    const { status, output } = container.run([
      ...(command?.ContainerEntrypoint ?? []),
      ...(command?.ContainerArguments ?? []),
    ]);
    if (status !== 0) throw new Error(`${name} ended with ${status}:\n${output}`);
    for (const { OutputName, S3Output } of Arguments.ProcessingOutputConfig?.Outputs ?? [])
      this.folders.set(OutputName, container.local(S3Output.LocalPath));
    if (Type === 'Training') {
      execFileSync('tar', [
        'czf',
        join(this.made('model'), 'model.tar.gz'),
        '-C',
        container.local('/opt/ml/model'),
        '.',
      ]);
    }
    return container;
  }

  remove(): void {
    for (const container of this.containers) container.remove();
  }

  private layTraining(container: Container, { InputDataConfig, HyperParameters }: Step['Arguments']): void {
    for (const { ChannelName } of InputDataConfig ?? [])
      cpSync(this.input(ChannelName), container.local(`/opt/ml/input/data/${ChannelName}`), { recursive: true });
    container.write('/opt/ml/input/config/hyperparameters.json', JSON.stringify(HyperParameters ?? {}));
    for (const each of ['/opt/ml/model', '/opt/ml/output/data']) mkdirSync(container.local(each), { recursive: true });
  }

  private step(name: string): Step {
    const found = this.definition.Steps.find(({ Name }) => Name === name);
    if (found === undefined) throw new Error(`the pipeline has no step ${name}`);
    return found;
  }

  private input(name: string): string {
    const found = this.folders.get(name);
    if (found === undefined) throw new Error(`nothing has written the input ${name}`);
    return found;
  }

  private made(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path, { recursive: true });
    this.folders.set(name, path);
    return path;
  }
}

/** Lines of a CSV file without its header. */
export const csvRows = (path: string): readonly string[] => readFileSync(path, 'utf8').trim().split('\n').slice(1);
