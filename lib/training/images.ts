import { Aws, CfnMapping } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { prebuiltImages } from '../../contracts/prebuilt-images';
import { registryAccounts } from './image-registry';

export type PrebuiltImage = keyof typeof prebuiltImages;

/** URIs of SageMaker's prebuilt images in the region that the stack is deployed to. */
export class PrebuiltImages extends Construct {
  private readonly mapping: CfnMapping;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.mapping = new CfnMapping(this, 'Registries', {
      mapping: Object.fromEntries(Object.entries(registryAccounts).map(([region, account]) => [region, { account }])),
    });
  }

  uri(image: PrebuiltImage): string {
    const { repository, tag } = prebuiltImages[image];
    const account = this.mapping.findInMap(Aws.REGION, 'account');
    return `${account}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}/${repository}:${tag}`;
  }

  /** ARNs of the repositories, for roles that pull. */
  repositoryArns(): string[] {
    const account = this.mapping.findInMap(Aws.REGION, 'account');
    return Object.values(prebuiltImages).map(
      ({ repository }) => `arn:${Aws.PARTITION}:ecr:${Aws.REGION}:${account}:repository/${repository}`,
    );
  }
}
