// A CDK app of somebody who has never heard of Mooring.
const { App, CfnOutput, RemovalPolicy, Stack } = require('aws-cdk-lib');
const { Alarm } = require('aws-cdk-lib/aws-cloudwatch');
const { SnsAction } = require('aws-cdk-lib/aws-cloudwatch-actions');
const { PolicyStatement, Role, ServicePrincipal } = require('aws-cdk-lib/aws-iam');
const { Code, Function: LambdaFunction, Runtime } = require('aws-cdk-lib/aws-lambda');
const { Bucket } = require('aws-cdk-lib/aws-s3');
const { CfnPipeline } = require('aws-cdk-lib/aws-sagemaker');
const { Topic } = require('aws-cdk-lib/aws-sns');

const image = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3';
const script = `
import json, pathlib
folder = pathlib.Path("/opt/ml/processing/output")
folder.mkdir(parents=True, exist_ok=True)
(folder / "sum.json").write_text(json.dumps({"sum": sum(range(101))}))
`;

class Sums extends Stack {
  constructor(scope, id) {
    super(scope, id);
    const bucket = new Bucket(this, 'Results', { removalPolicy: RemovalPolicy.DESTROY });
    const role = new Role(this, 'Jobs', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') });
    bucket.grantReadWrite(role);
    const jobs = ['CreateProcessingJob', 'DescribeProcessingJob', 'StopProcessingJob', 'AddTags'];
    const pull = ['GetAuthorizationToken', 'BatchCheckLayerAvailability', 'BatchGetImage', 'GetDownloadUrlForLayer'];
    const logs = ['CreateLogGroup', 'CreateLogStream', 'DescribeLogStreams', 'PutLogEvents'];
    const actions = [
      ...jobs.map((name) => `sagemaker:${name}`),
      ...pull.map((name) => `ecr:${name}`),
      ...logs.map((name) => `logs:${name}`),
    ];
    role.addToPrincipalPolicy(new PolicyStatement({ actions, resources: ['*'] }));
    role.grantPassRole(role);
    const step = {
      Name: 'Sum',
      Type: 'Processing',
      Arguments: {
        ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 10 } },
        AppSpecification: { ImageUri: image, ContainerEntrypoint: ['python3', '-c', script] },
        RoleArn: role.roleArn,
        ProcessingOutputConfig: {
          Outputs: [
            {
              OutputName: 'sum',
              S3Output: {
                S3Uri: `s3://${bucket.bucketName}/sum`,
                LocalPath: '/opt/ml/processing/output',
                S3UploadMode: 'EndOfJob',
              },
            },
          ],
        },
      },
    };
    const definition = this.toJsonString({ Version: '2020-12-01', Metadata: {}, Parameters: [], Steps: [step] });
    const pipeline = new CfnPipeline(this, 'Pipeline', {
      pipelineName: 'sums',
      pipelineDefinition: { PipelineDefinitionBody: definition },
      roleArn: role.roleArn,
    });
    pipeline.node.addDependency(role);
    const greet = new LambdaFunction(this, 'Greet', {
      functionName: 'greet',
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline("exports.handler = async ({ name }) => ({ greeting: 'Hello, ' + name });"),
    });
    const topic = new Topic(this, 'Alerts');
    const alarm = new Alarm(this, 'Failing', { metric: greet.metricErrors(), threshold: 1, evaluationPeriods: 1 });
    alarm.addAlarmAction(new SnsAction(topic));
    new CfnOutput(this, 'Bucket', { value: bucket.bucketName });
  }
}

new Sums(new App(), 'Sums');
