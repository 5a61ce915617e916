import { rmSync } from 'node:fs';
import type { Template } from 'aws-cdk-lib/assertions';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { testUseCases } from '../../support/app';
import { loans, properties, resources, synthTemplates, text } from '../../support/templates';

/** `loans` with all four monitors on batch output, or on the endpoint. */
function watching(source: 'batch' | 'endpoint'): LoadedUseCase {
  const found = testUseCases().find((each) => each.useCase.name === 'loans');
  if (found === undefined) throw new Error('the test use case loans is gone');
  const { useCase } = found;
  const columns = [{ name: 'id', type: 'text' as const, nullable: false }, ...useCase.dataset.columns];
  const monitoring = {
    ...useCase.monitoring,
    source,
    quality: { every: '1d', metric: 'auc', bound: 0.7 },
    bias: { every: '1d', metric: 'DPPL', max: 0.2 },
    explanations: { every: '1d', min_ndcg: 0.9 },
  } as const;
  const batch = { every: '1h', instance: 'ml.m5.large', count: 1 };
  return { ...found, useCase: { ...useCase, dataset: { ...useCase.dataset, columns, key: 'id' }, monitoring, batch } };
}

interface Run {
  readonly ContainerArguments: readonly string[];
}

function commands(template: Template): (readonly string[])[] {
  return properties(template, 'AWS::Scheduler::Schedule')
    .map(({ Target }) => text((Target as { readonly Input: unknown }).Input, template))
    .map((input) => (JSON.parse(input) as { readonly AppSpecification: Run }).AppSpecification.ContainerArguments)
    .filter((each) => each.includes('watch'));
}

/** Objects that the roles of the monitors' runs may read, where those lie in the data bucket. */
function readable(template: Template): string[] {
  return Object.entries(resources(template, 'AWS::IAM::Policy'))
    .filter(([id]) => /^Monitor(data|quality|bias|explanations)JobRole/.test(id))
    .flatMap(([, { Properties }]) => {
      const { Statement } = Properties['PolicyDocument'] as {
        readonly Statement: readonly { readonly Sid: string; readonly Resource: unknown }[];
      };
      return Statement.filter((each) => each.Sid === 'DataGet').flatMap((each) =>
        (Array.isArray(each.Resource) ? each.Resource : [each.Resource]).map((one) =>
          text(one, template).replace(/^[^/]*\//, ''),
        ),
      );
    })
    .sort();
}

const alarms = (template: Template): unknown[] =>
  properties(template, 'AWS::CloudWatch::Alarm').map((each) => ({ ...each, AlarmDescription: undefined }));

describe('monitoring.source: batch', () => {
  const batch = synthTemplates([watching('batch')]);
  const endpoint = synthTemplates([watching('endpoint')]);
  const [here, there] = [batch.template(loans.monitoring), endpoint.template(loans.monitoring)];
  afterAll(() => [batch, endpoint].forEach(({ outdir }) => rmSync(outdir, { recursive: true })));

  test('has all four monitors read what batch runs wrote, and no capture', () => {
    const found = commands(here);
    expect(found).toHaveLength(4);
    for (const each of found) {
      expect(each[each.indexOf('--batch-output') + 1]).toMatch(/\/loans\/batch\/output$/);
      expect(each).not.toContain('--capture');
    }
    expect(commands(there).every((each) => each.includes('--capture') && !each.includes('--batch-output'))).toBe(true);
  });

  test('allows the runs to read exactly that', () => {
    const truth = ['loans/ground-truth/*', 'loans/ground-truth/*'];
    expect(readable(here)).toEqual([...Array.from({ length: 4 }, () => 'loans/batch/output/*'), ...truth]);
    expect(readable(there)).toEqual([...Array.from({ length: 4 }, () => 'loans/capture/*'), ...truth]);
  });

  test('leaves the alarms as they are', () => {
    expect(alarms(here)).toEqual(alarms(there));
  });

  test('tells the batch function to put answers behind their rows, whose first value is the key', () => {
    const settings = (template: Template): unknown =>
      properties(template, 'AWS::Lambda::Function')
        .filter((each) => each['FunctionName'] === 'loans-batch')
        .map((each) => {
          const { Variables } = each['Environment'] as { readonly Variables: Readonly<Record<string, string>> };
          return JSON.parse(Variables['MOORING_SETTINGS'] ?? '') as unknown;
        });
    const plain = { instance: 'ml.m5.large', count: 1 };
    expect(settings(batch.template(loans.serving))).toEqual([{ ...plain, joined: { key: true } }]);
    expect(settings(endpoint.template(loans.serving))).toEqual([plain]);
  });
});
