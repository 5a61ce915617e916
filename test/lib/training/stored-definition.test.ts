import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stackNames } from '../../../contracts/names';
import { fillIn } from '../../../lambda/definition/store';
import type { PipelineDefinition } from '@mooring/pipeline-language';
import { checkDefinition } from '@mooring/pipeline-language/check';
import { wideUseCase } from '../../support/app';
import { properties, resources, synthTemplates, text } from '../../support/templates';

const { template, outdir } = synthTemplates(wideUseCase());
afterAll(() => rmSync(outdir, { recursive: true }));
const training = template(stackNames.training('wide'));

interface Stored {
  readonly Key: unknown;
  readonly Marker: string;
  readonly Values: readonly unknown[];
}
const [stored] = properties(training, 'Custom::PipelineDefinition') as unknown as Stored[];
if (stored === undefined) throw new Error('no definition is stored');
const [custom] = Object.keys(resources(training, 'Custom::PipelineDefinition'));

/** The asset, as it lies in the assembly. */
const asset = readFileSync(join(outdir, `asset.${String(stored.Key)}`), 'utf8');

describe('the definition of a pipeline that is too large for a request', () => {
  test('goes to S3, under a key that only its content decides about', () => {
    const [pipeline] = properties(training, 'AWS::SageMaker::Pipeline');
    expect(pipeline?.['PipelineDefinition']).toEqual({
      PipelineDefinitionS3Location: {
        Bucket: expect.anything() as unknown,
        Key: { 'Fn::GetAtt': [custom, 'Key'] },
      },
    });
  });

  test('is a static asset, and each deploy-time value is handed over once', () => {
    expect(asset.length).toBeGreaterThan(100 * 1024);
    expect(asset).not.toContain('Token[');
    expect(asset).not.toContain('Fn::');
    expect(asset.match(/<<deploy-time:\d+>>/g)?.length).toBeGreaterThan(stored.Values.length - 1);
    expect(stored.Values.length).toBeGreaterThan(2);
    expect(stored.Values.length).toBeLessThan(10);
  });

  test('is sound once the values are in', () => {
    const filled = fillIn(
      asset,
      stored.Marker,
      stored.Values.map((each) => text(each, training)),
    );
    const definition = JSON.parse(filled) as PipelineDefinition;
    expect(checkDefinition(definition).map((each) => each.code)).toEqual(['move-to-s3']);
    const [note] = definition.Steps;
    expect(note?.Arguments['RoleArn']).toMatch(/^arn:aws:iam::111122223333:role\//);
  });

  test('can be read by the role of the pipeline, and nothing beside it', () => {
    const policies = Object.entries(resources(training, 'AWS::IAM::Policy'));
    const [, pipeline] = policies.find(([id]) => id.startsWith('RolesPipeline')) ?? [];
    const statements = (
      pipeline?.Properties['PolicyDocument'] as { Statement: { Sid: string; Action: unknown; Resource: unknown }[] }
    ).Statement;
    const own = statements.find((each) => each.Sid === 'Definition');
    expect(own?.Action).toBe('s3:GetObject');
    expect(JSON.stringify(own?.Resource)).toContain(JSON.stringify({ 'Fn::GetAtt': [custom, 'Key'] }));
  });
});
