import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorKinds, resourceNames, stageNames } from '../../contracts/names';
import { testApp } from '../support/app';
import { alarmWindow, check, children, inlinePolicies, limitFindings } from './support/limits';
import { manyFeatures, synthVariants, type Variant } from './support/variants';

describe('names, sizes and windows of every variant, with the longest names allowed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-truth-'));
  let variants: readonly Variant[];
  beforeAll(() => (variants = synthVariants(folder)), 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test("are within AWS's limits", () => {
    expect(variants.flatMap(limitFindings)).toEqual([]);
  });

  const longest = 'x'.repeat(30);

  test('leave room for what is added to them at run time', () => {
    const most = 63;
    // -v<version>-<hash of 8>; a group counts its versions.
    const configs = stageNames.map((stage) => `${resourceNames.endpoint(longest, stage)}-v99999-12345678`);
    // The execution id of the scheduler has 16 characters.
    const jobs = [
      ...monitorKinds.map((kind) => resourceNames.schedule(longest, kind)),
      resourceNames.labelSchedule(longest),
    ].map((name) => `${name}-${'0'.repeat(16)}`);
    const batches = `${resourceNames.batchFunction(longest)}-2026-11-20T10-00-00`;
    expect([...configs, ...jobs, batches].filter((name) => name.length > most)).toEqual([]);
  });

  test('are refused at synthesis where one composite alarm cannot hold them', () => {
    expect(() => testApp([manyFeatures(60)], join(folder, 'too-many'))).toThrow(
      /has 12\d alarms that mean drift, \d+ characters together; one composite alarm of CloudWatch holds 100 alarms/,
    );
  });

  describe('and the checks', () => {
    test('find a name that is too long or spelled wrong', () => {
      expect(check('x', 'AWS::Lambda::Function', { FunctionName: 'f'.repeat(65) })).toEqual([
        expect.stringContaining('FunctionName has 65 of 64 characters'),
      ]);
      expect(check('x', 'AWS::SageMaker::ModelPackageGroup', { ModelPackageGroupName: 'a_b' })).toEqual([
        expect.stringContaining("'a_b' does not match"),
      ]);
    });
    test('find an environment, a pattern or a policy that is too large', () => {
      const large = { A: 'x'.repeat(4_096) };
      expect(check('x', 'AWS::Lambda::Function', { Environment: { Variables: large } })).toHaveLength(1);
      expect(check('x', 'AWS::Events::Rule', { EventPattern: { a: ['x'.repeat(2_048)] } })).toHaveLength(1);
      expect(check('x', 'AWS::IAM::ManagedPolicy', { PolicyDocument: { a: 'x'.repeat(6_144) } })).toHaveLength(1);
      const statement = { owner: 'x', kind: 'role', sid: '', effect: 'Allow', actions: [], conditions: {} } as const;
      expect(inlinePolicies([{ ...statement, resources: ['x'.repeat(10_240)] }])).toHaveLength(1);
    });
    test('find an alarm that looks back too far', () => {
      expect(alarmWindow('x', { Period: 300, EvaluationPeriods: 289 })).toHaveLength(1);
      expect(alarmWindow('x', { Period: 3_600, EvaluationPeriods: 168 })).toEqual([]);
      expect(alarmWindow('x', { Period: 3_600, EvaluationPeriods: 169 })).toHaveLength(1);
      expect(alarmWindow('x', { Period: 90, EvaluationPeriods: 1, DatapointsToAlarm: 2 })).toHaveLength(2);
    });
    test('find a composite alarm of too many', () => {
      const AlarmRule = Array.from({ length: 101 }, (_, index) => `ALARM("a${index}")`).join(' OR ');
      expect(children('x', { AlarmRule })).toHaveLength(1);
    });
  });
});
