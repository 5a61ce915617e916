import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Checks } from '../../pipeline-defs/standard/place';
import { arn } from '../config/arn';
import { allow } from '../config/grants';
import { NativeImages } from './native-images';

/** What check steps need beside the code bundle: images and rights. */
export class CheckSteps extends Construct {
  private readonly images: NativeImages;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.images = new NativeImages(this, 'Images');
  }

  get checks(): Checks {
    return { analyzer: this.images.analyzer, clarify: this.images.clarify };
  }

  /** Rights of the role that the jobs run with: Clarify puts the model behind an endpoint while it asks it. */
  allowJobs(role: iam.Role): void {
    allow(
      role,
      'PullCheckImages',
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      this.images.repositoryArns(),
    );
    allow(
      role,
      'ShadowEndpoints',
      ['CreateEndpoint', 'CreateEndpointConfig', 'DeleteEndpoint', 'DeleteEndpointConfig', 'DescribeEndpoint']
        .concat(['DescribeEndpointConfig', 'InvokeEndpoint', 'AddTags'])
        .map((action) => `sagemaker:${action}`),
      [arn('sagemaker', 'endpoint/sm-clarify-*'), arn('sagemaker', 'endpoint-config/sm-clarify-*')],
      { because: 'Clarify names the endpoint that it asks sm-clarify-<random>' },
    );
    allow(role, 'AskedModels', ['sagemaker:DescribeModel'], [arn('sagemaker', 'model/pipelines-*')], {
      because: 'SageMaker names the models of pipelines pipelines-<execution>-<step>-<random>',
    });
  }

  /** Rights of the pipeline: the model that Clarify asks, and the baselines of earlier versions. */
  allowPipeline(role: iam.Role): void {
    allow(
      role,
      'Models',
      ['CreateModel', 'DescribeModel', 'AddTags'].map((action) => `sagemaker:${action}`),
      [arn('sagemaker', 'model/pipelines-*')],
      { because: 'SageMaker names the models of pipelines pipelines-<execution>-<step>-<random>' },
    );
    allow(role, 'Baselines', ['sagemaker:ListModelPackages'], ['*'], {
      because: 'the service knows no resource for the list; the versions themselves are read by the statement Registry',
    });
  }
}
