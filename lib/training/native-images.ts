import { Aws, CfnMapping } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { clarifyAccounts, monitorAccounts } from './native-registry';

/** URIs of the images that Model Monitor runs, in the region that the stack is deployed to. */
export class NativeImages extends Construct {
  private readonly mapping: CfnMapping;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // A mapping needs both keys in every region; regions with one of the two images cannot run all monitors.
    const regions = Object.keys(monitorAccounts).filter((region) => clarifyAccounts[region] !== undefined);
    this.mapping = new CfnMapping(this, 'Registries', {
      mapping: Object.fromEntries(
        regions.map((region) => [region, { analyzer: monitorAccounts[region], clarify: clarifyAccounts[region] }]),
      ),
    });
  }

  get analyzer(): string {
    return this.uri('analyzer', 'sagemaker-model-monitor-analyzer');
  }

  get clarify(): string {
    return this.uri('clarify', 'sagemaker-clarify-processing:1.0');
  }

  /** ARNs of both repositories, for the role that pulls. */
  repositoryArns(): string[] {
    return [
      ['analyzer', 'sagemaker-model-monitor-analyzer'],
      ['clarify', 'sagemaker-clarify-processing'],
    ].map(
      ([key, repository]) =>
        `arn:${Aws.PARTITION}:ecr:${Aws.REGION}:${this.mapping.findInMap(Aws.REGION, key ?? '')}:repository/${repository ?? ''}`,
    );
  }

  private uri(key: string, image: string): string {
    return `${this.mapping.findInMap(Aws.REGION, key)}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}/${image}`;
  }
}
