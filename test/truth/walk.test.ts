import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Workplace } from '../support/mooring';
import { type Known, unexplained } from './support/known';
import { type Mutation, mutations, recorded } from './support/mutations';
import { truthPython } from './support/python';
import { walk } from './support/walk';

/** Actions whose absence the walk does not notice, and why. */
const unaskable: readonly Known[] = [
  {
    finding: / s3:AbortMultipartUpload$/,
    because: 'asked when an upload in parts breaks off on the way; the account stores objects in one go',
  },
  {
    finding: /(PredictRole\w+ LiveList|ModelRole\w+ ExecutionsList|RolesPipeline\w+ ExecutionsList) s3:ListBucket$/,
    because:
      'makes S3 answer 404 instead of 403 for an object that is not there, which a walk without faults never meets',
  },
  {
    finding:
      /DeployRole\w+ (Descaling application-autoscaling:DeregisterScalableTarget|TrackingAlarms cloudwatch:(Describe|Delete)Alarms)$/,
    because: 'asked when a use case gives autoscaling up; credit-risk never had any',
  },
  {
    finding: /Role\w+ Environment kms:Decrypt$/,
    because: 'the same key encrypts the objects that the role may read, so that its other grant is enough here',
  },
  {
    finding: /RetrainRole\w+ Champion sagemaker:DescribeModelPackage$/,
    because: 'asked where gates.champion is set, which it is not for credit-risk',
  },
  {
    finding: /DeployRole\w+ Endpoint sagemaker:DeleteEndpoint$/,
    because: 'asked when the very first endpoint failed to come up; test/soak/shipping makes it fail',
  },
];

const line = ({ role, sid, action }: Mutation): string => `${role} ${sid} ${action}`;

describe('a walk through everything that the stacks of credit-risk do', () => {
  const place = new Workplace();
  const recordings = join(place.folder, 'recordings');
  beforeAll(() => walk(place, recordings), 6 * 60_000);
  afterAll(() => place.remove());

  test('asks for every action that a role is allowed, so that none could be missing unnoticed', () => {
    const all = mutations(recordings, (role) => role.startsWith('Mooring-'));
    expect(new Set(all.map(({ role }) => role)).size).toBeGreaterThanOrEqual(12);
    expect(all.length).toBeGreaterThan(150);
    const unnoticed = all.filter(({ noticed }) => !noticed).map(line);
    expect(unexplained(unnoticed, unaskable)).toEqual({ findings: [], stale: [] });
  });

  test('sends only requests that the newest service models allow', () => {
    expect(recorded(recordings, 'requests').length).toBeGreaterThan(500);
    expect(requestFindings(recordings)).toEqual([]);
  });
});

describe('the checks themselves', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-truth-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (kind: string, lines: readonly unknown[]): string => {
    const own = mkdtempSync(join(folder, `${kind}-`));
    mkdirSync(own, { recursive: true });
    for (const [file, each] of Object.entries(lines[0] as Record<string, readonly unknown[]>))
      writeFileSync(join(own, `1.${file}.jsonl`), each.map((entry) => JSON.stringify(entry)).join('\n'));
    return own;
  };

  test('find an action that nothing asks for', () => {
    const statement = { Sid: 'Own', Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: '*' };
    const asked = {
      role: 'Mooring-Role-0123456789AB',
      action: 's3:GetObject',
      resource: 'arn:aws:s3:::b/k',
      context: {},
    };
    const recordings = write('mutations', [
      {
        policies: [{ role: asked.role, documents: [{ Statement: [statement] }] }],
        permissions: [{ ...asked, byResource: 'not-allowed' }],
      },
    ]);
    expect(mutations(recordings, () => true).map((each) => [line(each), each.noticed])).toEqual([
      ['Mooring-Role Own s3:GetObject', true],
      ['Mooring-Role Own s3:PutObject', false],
    ]);
  });

  test('take no notice of what the policy of the resource allows anyway', () => {
    const statement = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' };
    const asked = { role: 'Mooring-Role', action: 'sqs:SendMessage', resource: 'arn:aws:sqs:::q', context: {} };
    const recordings = write('mutations', [
      {
        policies: [{ role: asked.role, documents: [{ Statement: [statement] }] }],
        permissions: [{ ...asked, byResource: 'allowed' }],
      },
    ]);
    expect(mutations(recordings, () => true).map(({ noticed }) => noticed)).toEqual([false]);
  });

  test('find requests that a service model does not allow', () => {
    const cluster = { InstanceCount: 1, InstanceType: 'ml.m5.huge', VolumeSizeInGB: 30 };
    const requests = [
      { service: 'sagemaker', operation: 'DescribeEndpoint', input: { EndpointName: 'with space' } },
      { service: 'sagemaker', operation: 'DescribeEndpoint', input: { Name: 'x' } },
      { service: 'monitoring', operation: 'PutMetricAlarm', input: { AlarmName: 'a', EvaluationPeriods: 'two' } },
      { service: 'sagemaker', operation: 'CreateEverything', input: {} },
      {
        service: 'sagemaker',
        operation: 'CreateProcessingJob',
        input: {
          ProcessingJobName: 'x'.repeat(64),
          ProcessingResources: { ClusterConfig: cluster },
          AppSpecification: { ImageUri: 'image' },
          RoleArn: 'arn:aws:iam::000000000000:role/job',
        },
      },
    ];
    const found = requestFindings(write('requests', [{ requests }])).join('\n');
    for (const expected of [
      "DescribeEndpoint: .EndpointName: 'with space' does not match",
      'DescribeEndpoint: Missing required parameter in input: "EndpointName"',
      'DescribeEndpoint: Unknown parameter in input: "Name"',
      'PutMetricAlarm: Invalid type for parameter EvaluationPeriods',
      'sagemaker:CreateEverything: AWS has no such operation',
      '.ProcessingJobName: 64 is more than 63',
      "'ml.m5.huge' is none of",
    ])
      expect(found).toContain(expected);
  });
});

function requestFindings(recordings: string): readonly string[] {
  const out = truthPython([join(__dirname, 'support/check-requests.py'), recordings]);
  return [...new Set(out.split('\n').filter((each) => each !== ''))].sort();
}
