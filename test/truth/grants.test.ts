import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { functionNames } from '../../lib/functions/function-bundles';
import { root } from '../support/app';
import { AuthorizationReference } from './support/authorization-reference';
import { faultsOf, missingDependents } from './support/grant-faults';
import { callsOfHandler } from './support/handler-calls';
import { actionsOf } from './support/iam-actions';
import { type Known, unexplained } from './support/known';
import { truthPython } from './support/python';
import { type RoleOf, rolesOf } from './support/roles';
import { type Statement, statementsOf } from './support/statements';
import { synthVariants, type Variant } from './support/variants';

const knownFaults: readonly Known[] = [
  {
    finding: /^release\/\S+\/Pipeline\S*Role\S* : no action applies to arn:aws:s3:::mooring-release-/,
    because: 'the CDK names the bucket beside its objects in one statement; the bucket is granted nothing by it',
  },
  {
    finding:
      /^release\/\S+\/Pipeline\S*Role\S* .*(codestar-connections:UseConnection does not apply to|no action applies to) arn:aws:codeconnections:/,
    because: 'which prefix AWS asks for depends on how the connection was made: both are granted (aws-facts.md 1.6)',
  },
  {
    finding: /\/DeployRole\S* SharedVersions: sagemaker:CreateModel does not apply to \S+:model-package\//,
    because:
      "AWS's guide to model packages of another account grants sagemaker:CreateModel on the package, the reference does not list it",
  },
];

const knownDependents: readonly Known[] = [
  {
    finding: /: sagemaker:CreateProcessingJob may need sagemaker:AddTags$/,
    because: 'asked for when the request has tags, and the schedules send none (tested below)',
  },
  {
    finding: /^native\/\S+\/RolesJob\S*: sagemaker:CreateEndpointConfig may need iam:PassRole$/,
    because:
      'asked for when a configuration has an ExecutionRoleArn, which the short-lived endpoint of Clarify has not',
  },
  {
    finding:
      /^release\/\S+\/ReleaseUpdatePipelineSelfMutationRole\S*: cloudformation:DescribeStacks may need cloudformation:ListStacks$/,
    because: 'asked for when no stack is named; cdk deploy names each',
  },
];

/** Python that calls AWS, and the jobs that run it, by the description of their roles. */
const jobs: Readonly<Record<string, RegExp>> = {
  'mooring_monitor/readers/source.py': /^(Runs of the \w+ monitor|Joins labels) /,
  'mooring_monitor/watch/publish.py': /^(Runs of the \w+ monitor|Joins labels) /,
  'mooring_monitor/explain/live_model.py': /^Runs of the explanations monitor /,
};

/** Python that calls AWS and runs as no role of ours. */
const withoutRole: Readonly<Record<string, string>> = {
  'mooring_monitor/dropin/queried_model.py': "jobs of Clarify's contract, with the role that their owner gives them",
  'mooring_monitor/explain/endpoint_model.py': 'explanations of a live endpoint, by a person at a terminal',
};

/** What the code can call and what some settings alone make it call. */
const knownMissing: readonly Known[] = [
  {
    finding:
      /^(?!open\/\S+-Serving\/|shipped\/Mooring-Abalone-)\S+: deploy calls (application-autoscaling:(Register|Put)|sagemaker:DescribeEndpointConfig$)/,
    because: 'only stages with autoscaling register a target, and look at its instances before an update',
  },
  {
    finding: /^(?!async\/)\S+: deploy calls sagemaker:InvokeEndpointAsync$/,
    because: 'only asynchronous stages are smoke-tested through S3',
  },
  {
    finding: /^(?!serverless\/)\S+: predict calls s3:PutObject$/,
    because: 'the front door captures requests itself only where the endpoint cannot',
  },
];

describe('permissions that the stacks grant', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-truth-'));
  let variants: readonly Variant[];
  let statements: readonly Statement[];
  let roles: readonly RoleOf[];
  let reference: AuthorizationReference;
  beforeAll(() => {
    variants = synthVariants(folder);
    statements = variants.flatMap(statementsOf);
    roles = variants.flatMap((variant) => rolesOf(variant, statements));
    reference = new AuthorizationReference();
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('hold only actions, resources and conditions that AWS knows together', () => {
    expect(statements.length).toBeGreaterThan(2_000);
    const found = statements.flatMap((each) => faultsOf(each, reference));
    expect(unexplained(found, knownFaults)).toEqual({ findings: [], stale: [] });
  });

  test('come with the actions that AWS asks for beside them', () => {
    expect(unexplained(missingDependents(statements, reference), knownDependents)).toEqual({ findings: [], stale: [] });
  });

  test('schedules send no tags, so that their roles need not add any', () => {
    const tagged = variants.flatMap(({ name, templates }) =>
      templates.flatMap(({ stack, resources }) =>
        Object.entries(resources)
          .filter(
            ([, { Type, Properties }]) =>
              Type === 'AWS::Scheduler::Schedule' && /Tags/.test(JSON.stringify(Properties?.['Target'])),
          )
          .map(([id]) => `${name}/${stack}/${id}`),
      ),
    );
    expect(tagged).toEqual([]);
  });

  test('let each function do what its code calls', () => {
    const missing = missingOf(roles);
    expect(unexplained(missing, knownMissing)).toEqual({ findings: [], stale: [] });
    expect(roles.filter(({ functionName }) => functionName !== undefined).length).toBeGreaterThan(60);
  }, 60_000);

  test('let each job do what its code calls', () => {
    const modules = jobCalls(join(root, 'python/mooring-monitor/src'), join(root, 'python/mooring-steps/src'));
    expect(Object.keys(modules).sort()).toEqual([...Object.keys(jobs), ...Object.keys(withoutRole)].sort());
    const missing = Object.entries(jobs).flatMap(([module, pattern]) => {
      const running = roles.filter(({ description }) => pattern.test(description));
      expect(running).not.toEqual([]);
      const asked = (modules[module] ?? []).flatMap((each) => {
        const [service = '', operation = ''] = each.split(':');
        return actionsOf({ service, operation });
      });
      return running.flatMap(({ owner, actions }) =>
        asked.filter((action) => !actions.includes(action)).map((action) => `${owner}: ${module} calls ${action}`),
      );
    });
    expect(missing).toEqual([]);
  });

  describe('and the checks', () => {
    const faulty = (actions: readonly string[], resources: readonly string[], conditions = {}): readonly string[] =>
      faultsOf({ owner: 'x', kind: 'role', sid: 'S', effect: 'Allow', actions, resources, conditions }, reference);

    test('find an action that does not exist', () => {
      expect(faulty(['sagemaker:StartTrainingJob'], ['*'])).toEqual(['x S: no action sagemaker:StartTrainingJob']);
    });
    test('find an action that does not apply to its resource', () => {
      expect(faulty(['s3:ListBucket'], ['arn:aws:s3:::bucket/prefix/*'])).toEqual([
        'x S: s3:ListBucket does not apply to arn:aws:s3:::bucket/prefix/*',
        'x S: no action applies to arn:aws:s3:::bucket/prefix/*',
      ]);
    });
    test('find an action that takes no resource', () => {
      const [first] = faulty(['cloudwatch:PutMetricData'], ['arn:aws:cloudwatch:eu-central-1:1:metric/a']);
      expect(first).toContain('cloudwatch:PutMetricData does not apply');
    });
    test('find a condition that is never evaluated', () => {
      expect(faulty(['s3:GetObject'], ['arn:aws:s3:::b/*'], { StringLike: { 's3:prefix': 'a' } })).toEqual([
        'x S: s3:GetObject does not know the condition s3:prefix',
      ]);
    });
    test('find a dependent action that is not granted', () => {
      const granted = { owner: 'x', kind: 'role', sid: '', effect: 'Allow', resources: ['*'], conditions: {} } as const;
      const actions = ['sagemaker:CreateTrainingJob', 'sagemaker:AddTags'];
      expect(missingDependents([{ ...granted, actions }], reference)).toEqual([
        'x: sagemaker:CreateTrainingJob may need iam:PassRole',
      ]);
    });
    test('find a call that a role does not allow', () => {
      const less = roles.map((each) => ({
        ...each,
        actions: each.actions.filter((action) => action !== 'sns:Publish'),
      }));
      expect(unexplained(missingOf(less), knownMissing).findings).toEqual(
        expect.arrayContaining([expect.stringMatching(/^shipped\/.*RetrainRole\w+: retrain calls sns:Publish$/)]),
      );
    });
    test('read the calls of a handler, and none that it cannot reach', () => {
      const source = `
        import { S3Client, GetObjectCommand, PutObjectCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
        function unused() { return new DeleteObjectCommand({ Bucket: '', Key: '' }); }
        class Store {
          get() { return new GetObjectCommand({ Bucket: '', Key: '' }); }
          put() { return new PutObjectCommand({ Bucket: '', Key: '' }); }
        }
        export const handler = () => new S3Client({}).send(new Store().get());`;
      expect(callsOfHandler('none', source)).toEqual([{ service: 's3', operation: 'GetObject' }]);
    });
    test('read the calls of a job', () => {
      const steps = mkdtempSync(join(folder, 'steps-'));
      writeFileSync(
        join(steps, 'step.py'),
        'import socket\n\ndef work(s3, sns):\n    socket.create_connection(())\n    s3.get_paginator("list_objects_v2")\n    s3.put_object()\n',
      );
      expect(jobCalls(steps)).toEqual({ 'step.py': ['s3:ListObjectsV2', 's3:PutObject'] });
    });
  });
});

/** What functions call and their roles do not allow. */
function missingOf(roles: readonly RoleOf[]): readonly string[] {
  const functions = functionNames(root);
  return roles.flatMap(({ owner, actions, functionName }) => {
    if (functionName === undefined) return [];
    const code = functions.find((each) => functionName.endsWith(`-${each}`));
    if (code === undefined) throw new Error(`no folder below lambda/ is the code of ${functionName}`);
    return callsOfHandler(code)
      .flatMap(actionsOf)
      .filter((action) => !actions.includes(action))
      .map((action) => `${owner}: ${code} calls ${action}`);
  });
}

function jobCalls(...folders: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return JSON.parse(truthPython([join(__dirname, 'support/job-calls.py'), ...folders])) as Record<string, string[]>;
}
