import { Unsupported, validation } from '../../../core/errors';
import { bodies, body, optionalNumber, optionalText, text } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body, Operation } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { listPage } from './listing';
import type { Document } from './listing';
import { checkName } from './models';
import type { Models } from './models';
import type { Tags } from './tags';

/** Endpoint configurations; they never change. */
export class EndpointConfigs {
  readonly operations: Readonly<Record<string, Operation>> = {
    CreateEndpointConfig: (input) => this.create(input),
    DescribeEndpointConfig: (input) => this.get(text(input, 'EndpointConfigName')),
    DeleteEndpointConfig: (input) => this.delete(text(input, 'EndpointConfigName')),
    ListEndpointConfigs: (input) =>
      listPage(this.configs.values(), input, { name: 'EndpointConfigName', list: 'EndpointConfigs' }),
  };
  private readonly configs: Collection<Document>;

  constructor(
    private readonly account: AccountParts,
    private readonly models: Models,
    private readonly tags: Tags,
  ) {
    this.configs = account.store.collection('sagemaker.endpoint-configs');
  }

  /** @throws ValidationException in the service's words when there is none. */
  get(name: string): Document {
    const found = this.configs.get(name);
    if (found === undefined) throw validation(`Could not find endpoint configuration "${this.arn(name)}".`);
    return found;
  }

  private create(input: Body): Body {
    const name = text(input, 'EndpointConfigName');
    checkName('EndpointConfigName', name);
    if (this.configs.get(name) !== undefined)
      throw validation(`Cannot create already existing endpoint configuration "${this.arn(name)}".`);
    if (input['ExplainerConfig'] !== undefined)
      throw new Unsupported(
        'ExplainerConfig of an endpoint configuration',
        "it is Clarify's online explainability, closed to new accounts",
      );
    this.checkVariants(input);
    const capture = body(input, 'DataCaptureConfig');
    const sampling = optionalNumber(capture, 'InitialSamplingPercentage');
    if (sampling !== undefined && (sampling < 0 || sampling > 100))
      throw validation(`InitialSamplingPercentage must be from 0 to 100, not ${sampling}`);
    const { Tags: _tags, ...members } = input;
    this.configs.put(name, {
      ...members,
      EndpointConfigArn: this.arn(name),
      CreationTime: this.account.clock.now().toISOString(),
    });
    this.tags.add(this.arn(name), input);
    return { EndpointConfigArn: this.arn(name) };
  }

  private checkVariants(input: Body): void {
    const variants = bodies(input, 'ProductionVariants');
    const shadows = bodies(input, 'ShadowProductionVariants');
    if (variants.length === 0) throw validation('ProductionVariants needs at least one variant');
    if (shadows.length > 0 && (variants.length !== 1 || shadows.length !== 1))
      throw validation('Shadow testing takes exactly one production and one shadow variant');
    const names = [...variants, ...shadows].map((each) => text(each, 'VariantName'));
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    if (twice.length > 0) throw validation(`Variant names must be unique; ${twice.join(', ')} occurs twice`);
    for (const variant of [...variants, ...shadows]) {
      const model = optionalText(variant, 'ModelName');
      if (model === undefined)
        throw new Unsupported(
          `production variant '${text(variant, 'VariantName')}' without ModelName`,
          'inference components are not supported',
        );
      this.models.get(model);
      const serverless = body(variant, 'ServerlessConfig');
      if (variant['ServerlessConfig'] === undefined && optionalText(variant, 'InstanceType') === undefined)
        throw validation(`variant '${text(variant, 'VariantName')}' needs InstanceType or ServerlessConfig`);
      if (variant['ServerlessConfig'] !== undefined) checkServerless(serverless, names.length, input);
    }
  }

  private delete(name: string): void {
    this.get(name);
    this.configs.delete(name);
    this.tags.forget(this.arn(name));
  }

  private arn(name: string): string {
    return this.account.arn('sagemaker', `endpoint-config/${name}`);
  }
}

function checkServerless(config: Body, variants: number, input: Body): void {
  const memory = optionalNumber(config, 'MemorySizeInMB') ?? 0;
  const concurrency = optionalNumber(config, 'MaxConcurrency') ?? 0;
  if (![1024, 2048, 3072, 4096, 5120, 6144].includes(memory))
    throw validation(`MemorySizeInMB must be 1024, 2048, 3072, 4096, 5120 or 6144, not ${memory}`);
  if (concurrency < 1 || concurrency > 200)
    throw validation(`MaxConcurrency must be from 1 to 200, not ${concurrency}`);
  if (variants > 1) throw validation('A serverless endpoint takes one variant');
  if (body(input, 'DataCaptureConfig')['EnableCapture'] === true)
    throw validation('Serverless endpoints do not support data capture');
}
