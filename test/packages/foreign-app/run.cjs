// Runs the pipeline and the function with the AWS SDK, and prints what came out.
const { CloudWatchClient, DescribeAlarmsCommand } = require('@aws-sdk/client-cloudwatch');
const { InvokeCommand, LambdaClient } = require('@aws-sdk/client-lambda');
const { GetObjectCommand, S3Client } = require('@aws-sdk/client-s3');
const {
  DescribePipelineExecutionCommand,
  ListPipelineExecutionStepsCommand,
  SageMakerClient,
  StartPipelineExecutionCommand,
} = require('@aws-sdk/client-sagemaker');

async function main(Bucket) {
  const sagemaker = new SageMakerClient({});
  const { PipelineExecutionArn } = await sagemaker.send(new StartPipelineExecutionCommand({ PipelineName: 'sums' }));
  let execution;
  do {
    await new Promise((done) => setTimeout(done, 250));
    execution = await sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn }));
  } while (execution.PipelineExecutionStatus === 'Executing');
  const steps = await sagemaker.send(new ListPipelineExecutionStepsCommand({ PipelineExecutionArn }));
  const [reason] = steps.PipelineExecutionSteps.flatMap((step) => step.FailureReason ?? []);
  if (reason !== undefined) throw new Error(reason);
  const file = await new S3Client({}).send(new GetObjectCommand({ Bucket, Key: 'sum/sum.json' }));
  const answer = await new LambdaClient({}).send(
    new InvokeCommand({ FunctionName: 'greet', Payload: JSON.stringify({ name: 'you' }) }),
  );
  const { MetricAlarms } = await new CloudWatchClient({}).send(new DescribeAlarmsCommand({}));
  console.log(
    JSON.stringify({
      status: execution.PipelineExecutionStatus,
      ...JSON.parse(await file.Body.transformToString()),
      ...JSON.parse(Buffer.from(answer.Payload).toString()),
      alarms: MetricAlarms.length,
    }),
  );
}

void main(process.argv[2]);
