import * as lambda from '@aws-sdk/client-lambda';
import { Bucket, made, zip, type RecordedCall, type World } from './world';

let others = 0;
const create = (w: World, more: Partial<lambda.CreateFunctionCommandInput>): Promise<unknown> =>
  w.lambda.send(
    new lambda.CreateFunctionCommand({
      ...made,
      FunctionName: `other-${(others += 1)}`,
      Code: { ZipFile: zip() },
      ...more,
    }),
  );
const deprecated = ['dotnetcore3.1', 'go1.x', 'java8', 'nodejs12.x', 'nodejs14.x', 'provided', 'python3.7', 'ruby2.7'];

export const ofLambda: readonly RecordedCall[] = [
  [
    'lambda',
    'TestLambdaFunction::test_ops_on_nonexisting_fn[delete',
    '',
    '404 ResourceNotFoundException',
    (w) => w.lambda.send(new lambda.DeleteFunctionCommand({ FunctionName: 'absent' })),
  ],
  [
    'lambda',
    'TestLambdaFeatures::test_invoke_exceptions',
    '',
    '404 ResourceNotFoundException',
    (w) => w.lambda.send(new lambda.InvokeCommand({ FunctionName: 'absent' })),
  ],
  [
    'lambda',
    'TestLambdaAlias::test_alias_lifecycle',
    'get_function_alias_notfound_exc',
    '404 ResourceNotFoundException',
    (w) => w.lambda.send(new lambda.GetFunctionCommand({ FunctionName: 'recorded', Qualifier: 'absent' })),
  ],
  [
    'lambda',
    'TestLambdaFunction::test_ops_on_nonexisting_version',
    '',
    '404 ResourceNotFoundException',
    (w) => w.lambda.send(new lambda.GetFunctionCommand({ FunctionName: 'recorded', Qualifier: '1221' })),
  ],
  [
    'lambda',
    'TestLambdaAlias::test_notfound_and_invalid_routing',
    'alias_does_not_exist_esc',
    '404 ResourceNotFoundException',
    (w) => w.lambda.send(new lambda.GetAliasCommand({ FunctionName: 'recorded', Name: 'absent' })),
  ],
  [
    'lambda',
    'TestLambdaFunction::test_create_lambda_exceptions',
    'invalid_role_arn_exc',
    '400 ValidationException',
    (w) => create(w, { Role: 'r1' }),
  ],
  [
    'lambda',
    'TestLambdaFunction::test_create_lambda_exceptions',
    'invalid_zip_exc',
    '400 InvalidParameterValueException',
    (w) => create(w, { Code: { ZipFile: Buffer.from('this is not a zipfile') } }),
  ],
  [
    'lambda',
    'TestLambdaFunction::test_create_lambda_exceptions',
    'invalid_runtime_exc',
    '400 InvalidParameterValueException',
    (w) => create(w, { Runtime: 'non-existent-runtime' as 'nodejs22.x' }),
  ],
  [
    'lambda',
    'TestLambdaFunction::test_create_lambda_exceptions',
    'uppercase_runtime_exc',
    '400 InvalidParameterValueException',
    (w) => create(w, { Runtime: 'PYTHON3.9' as 'nodejs22.x' }),
  ],
  [
    'lambda',
    'TestLambdaFunction::test_create_lambda_exceptions',
    'multiple_architectures',
    '400 ValidationException',
    (w) => create(w, { Architectures: ['x86_64', 'arm64'] }),
  ],
  [
    'lambda',
    'TestLambdaFunction::test_create_lambda_exceptions',
    'uppercase_architecture',
    '400 ValidationException',
    (w) => create(w, { Architectures: ['X86_64' as 'x86_64'] }),
  ],
  [
    'lambda',
    'TestLambdaFunction::test_function_arns',
    'invalid_function_name_exc',
    '400 ValidationException',
    (w) => create(w, { FunctionName: 'invalid:function:name' }),
  ],
  [
    'lambda',
    'TestLambdaFunction::test_lambda_code_location_s3_e',
    'create-error-wrong-bucket',
    '400 InvalidParameterValueException',
    (w) => create(w, { Code: { S3Bucket: 'absent-bucket', S3Key: 'k' } }),
  ],
  [
    'lambda',
    'TestLambdaFunction::test_lambda_code_location_s3_e',
    'create-error-wrong-key',
    '400 InvalidParameterValueException',
    (w) => create(w, { Code: { S3Bucket: Bucket, S3Key: 'absent' } }),
  ],
  [
    'lambda',
    'TestLambdaSizeLimits::test_large_environment_varia',
    '',
    '400 InvalidParameterValueException',
    (w) => create(w, { Environment: { Variables: { LARGE_VAR: 'x'.repeat(4096) } } }),
  ],
  [
    'lambda',
    'TestLambdaSizeLimits::test_large_environment_fails',
    '',
    '400 InvalidParameterValueException',
    (w) => create(w, { Environment: { Variables: { SMALL_VAR: 'ok', LARGE_VAR: 'x'.repeat(4064) } } }),
  ],
  [
    'lambda',
    'TestLambdaPermissions::test_permission_exceptions',
    'remove_permission_policy_doesnotex',
    '404 ResourceNotFoundException',
    (w) => w.lambda.send(new lambda.RemovePermissionCommand({ FunctionName: 'recorded', StatementId: 's3' })),
  ],
  [
    'lambda',
    'TestLambdaErrors::test_lambda_invoke_payload_encod',
    'invoke_function_invalid_payload_bo',
    '400 InvalidRequestContentException',
    (w) => w.lambda.send(new lambda.InvokeCommand({ FunctionName: 'recorded', Payload: Buffer.from('not json') })),
  ],
  [
    'lambda',
    'TestLambdaVersions::test_publish_with_wrong_sha256',
    '',
    '400 InvalidParameterValueException',
    (w) =>
      w.lambda.send(
        new lambda.PublishVersionCommand({ FunctionName: 'recorded', CodeSha256: 'somenonexistentsha256' }),
      ),
  ],
  [
    'lambda',
    'TestLambdaTag::test_tag_exceptions[lambda_function]',
    'not_found_exception_tag',
    '404 ResourceNotFoundException',
    (w) =>
      w.lambda.send(
        new lambda.TagResourceCommand({
          Resource: 'arn:aws:lambda:us-east-1:000000000000:function:absent',
          Tags: { a: 'b' },
        }),
      ),
  ],
  ...deprecated.map((runtime): RecordedCall => [
    'lambda',
    'TestRuntimeValidation::test_create_deprecated_func',
    `deprecation_error ${runtime}`,
    '400 InvalidParameterValueException',
    (w) => create(w, { Runtime: runtime as 'nodejs22.x' }),
  ]),
];
