import { rmSync } from 'node:fs';
import { useCaseSchema } from '@mooring/use-case/use-case';
import { testUseCases } from '../../support/app';
import { loans, properties, synthTemplates, text } from '../../support/templates';

const [found] = testUseCases().filter((each) => each.useCase.name === 'loans');
if (found === undefined) throw new Error('the test use case loans is gone');
const { stages } = found.useCase;
const autoscaling = { min: 2, max: 4, invocations_per_instance: 100 };
const scaled = useCaseSchema.parse({
  ...found.useCase,
  stages: { ...stages, production: { ...stages.production, instance: 'ml.m5.large', autoscaling } },
});
const { template, outdir } = synthTemplates([{ ...found, useCase: scaled }]);
const plain = synthTemplates([found]);
afterAll(() => [outdir, plain.outdir].forEach((each) => rmSync(each, { recursive: true })));

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** `action on resource` of every statement of the deploy function's role. */
function grants(from: typeof template): readonly string[] {
  const serving = from(loans.serving);
  return properties(serving, 'AWS::IAM::Policy')
    .filter((each) => String(each['PolicyName']).startsWith('Deploy'))
    .flatMap((each) => (each['PolicyDocument'] as { readonly Statement: readonly Statement[] }).Statement)
    .flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          (Array.isArray(Resource) ? Resource : [Resource])
            .filter((resource) => !/DeadLetters|Artifacts|Key/.test(JSON.stringify(resource)))
            .map((resource) => `${action} on ${text(resource, serving).split(':').slice(2).join(':')}`),
        ),
    );
}

const region = 'eu-west-1:111122223333';
const validated = [
  `sagemaker:DescribeEndpoint on sagemaker:${region}:endpoint/loans-endpoint`,
  `sagemaker:DescribeEndpointConfig on sagemaker:${region}:endpoint-config/loans-endpoint-v*`,
  `sagemaker:UpdateEndpointWeightsAndCapacities on sagemaker:${region}:endpoint/loans-endpoint`,
  ...['PutMetricAlarm', 'DescribeAlarms', 'DeleteAlarms'].map(
    (action) => `cloudwatch:${action} on cloudwatch:${region}:alarm:TargetTracking-endpoint/loans-endpoint/variant/*`,
  ),
  `application-autoscaling:TagResource on application-autoscaling:${region}:scalable-target/*`,
];

test('the role that asks for scaling holds what Application Auto Scaling validates of its caller', () => {
  expect(grants(template)).toEqual(expect.arrayContaining(validated));
});

test('every deploy role may take a scalable target away that an earlier version of the use case asked for, and not make one', () => {
  const actions = grants(plain.template).map((each) => each.split(' ')[0]);
  expect(actions).toContain('application-autoscaling:DeregisterScalableTarget');
  expect(actions).not.toContain('application-autoscaling:RegisterScalableTarget');
});
