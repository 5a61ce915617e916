import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import type {
  CreateEndpointConfigCommandInput,
  DescribeEndpointOutput,
  UpdateEndpointCommandInput,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import type { InvokeEndpointCommandInput } from '@aws-sdk/client-sagemaker-runtime';
import { bucket, sklearnImage } from './laptop';
import type { Laptop } from './laptop';

/** An inference script whose answers tell the model's name; `boom` in a request crashes it, `bad` is the caller's fault. */
export const script = `import os
class BadRequest(Exception):
    def __call__(self, environ, start_response):
        start_response("400 Bad Request", [("Content-Type", "text/plain")])
        return [str(self).encode()]
def model_fn(model_dir):
    with open(os.path.join(model_dir, "name.txt")) as file:
        return file.read().strip()
def input_fn(body, content_type):
    if "bad" in body:
        return BadRequest("column 3 is not a number")
    if "boom" in body:
        raise RuntimeError("out of cheese")
    if "die" in body:
        os._exit(9)
    return body.strip().split("\\n")
def predict_fn(rows, model):
    if callable(rows):
        return rows
    if model == "broken":
        raise RuntimeError("this model is broken")
    return [f"{model},{len(row)}" for row in rows]
def output_fn(prediction, accept):
    return prediction if callable(prediction) else ("\\n".join(prediction), "text/csv")
`;

/** A model whose artefact holds the script and a name. */
export async function createModel(laptop: Laptop, name: string, code = script, role = laptop.roleArn): Promise<void> {
  const data = await laptop.putTar(`models/${name}.tar.gz`, { 'name.txt': name, 'code/inference.py': code });
  await laptop.sagemaker.send(
    new CreateModelCommand({
      ModelName: name,
      ExecutionRoleArn: role,
      PrimaryContainer: {
        Image: sklearnImage,
        ModelDataUrl: data,
        Environment: { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' },
      },
    }),
  );
}

export const variant = (model: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  VariantName: 'AllTraffic',
  ModelName: model,
  InstanceType: 'ml.m5.large',
  InitialInstanceCount: 1,
  InitialVariantWeight: 1,
  ...more,
});

export const capture = {
  EnableCapture: true,
  InitialSamplingPercentage: 100,
  DestinationS3Uri: `s3://${bucket}/capture`,
  CaptureOptions: [{ CaptureMode: 'Input' as const }, { CaptureMode: 'Output' as const }],
  CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
};

export async function createConfig(
  laptop: Laptop,
  name: string,
  variants: readonly Record<string, unknown>[],
  more: Partial<CreateEndpointConfigCommandInput> = {},
): Promise<void> {
  await laptop.sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: name,
      ProductionVariants: variants as unknown as CreateEndpointConfigCommandInput['ProductionVariants'],
      ...more,
    }),
  );
}

export async function createEndpoint(laptop: Laptop, name: string, config: string): Promise<DescribeEndpointOutput> {
  await laptop.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: config }));
  return endpointOf(laptop, name);
}

export async function updateEndpoint(
  laptop: Laptop,
  name: string,
  config: string,
  more: Partial<UpdateEndpointCommandInput> = {},
): Promise<void> {
  await laptop.sagemaker.send(new UpdateEndpointCommand({ EndpointName: name, EndpointConfigName: config, ...more }));
  await laptop.account.clock.settled();
}

/** Waits for running work, then describes. */
export async function endpointOf(laptop: Laptop, name: string): Promise<DescribeEndpointOutput> {
  await laptop.account.clock.settled();
  return laptop.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
}

export async function invoke(
  laptop: Laptop,
  name: string,
  body: string | Buffer,
  more: Partial<InvokeEndpointCommandInput> = {},
): Promise<{ readonly text: string; readonly variant?: string; readonly type?: string }> {
  const answer = await laptop.runtime.send(
    new InvokeEndpointCommand({
      EndpointName: name,
      Body: Buffer.from(body),
      ContentType: 'text/csv',
      Accept: 'text/csv',
      ...more,
    }),
  );
  return {
    text: Buffer.from(answer.Body ?? []).toString(),
    variant: answer.InvokedProductionVariant,
    type: answer.ContentType,
  };
}
