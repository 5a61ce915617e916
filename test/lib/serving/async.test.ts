import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { stackNames } from '../../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { root, testApp } from '../../support/app';
import { properties } from '../../support/templates';

const outdir = mkdtempSync(join(tmpdir(), 'mooring-async-'));
const [parcel] = loadUseCases(join(root, 'test/support/trials')).filter((each) => each.useCase.name === 'parcel');
if (parcel === undefined) throw new Error('there is no use case parcel');

interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** A use case like parcel whose topic hears nothing. */
const quiet: UseCase = {
  ...parcel.useCase,
  name: 'quiet',
  stages: {
    production: { ...parcel.useCase.stages.production, async: { max_concurrency: 4, notify: 'none' } },
  },
};

beforeAll(() => {
  process.env['CDK_VALIDATION'] = 'false';
  testApp([parcel, { ...parcel, useCase: quiet }], outdir).synth();
});

/** Statements of one role of the serving stack, by the beginning of the policy's name. */
function statements(useCase: string, role: string): readonly Statement[] {
  const file = join(outdir, `${stackNames.serving(useCase)}.template.json`);
  const template = Template.fromJSON(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>);
  return properties(template, 'AWS::IAM::Policy')
    .filter((each) => String(each['PolicyName']).startsWith(role))
    .flatMap((each) => (each['PolicyDocument'] as { readonly Statement: readonly Statement[] }).Statement);
}

/** Action and last part of the resources of the statements with a name. */
function granted(useCase: string, role: string, sid: RegExp): readonly string[] {
  return statements(useCase, role)
    .filter((each) => sid.test(each.Sid))
    .map((each) => {
      const keys = [...JSON.stringify(each.Resource).matchAll(/"\/([^"]+)"/g)].map((found) => found[1]);
      return `${[each.Action].flat().join(' ')}: ${keys.join(' ')}`;
    });
}

describe('roles of an asynchronous stage', () => {
  test('the model reads requests, and writes answers and failures', () => {
    expect(granted('parcel', 'ModelRole', /^(Requests|Answers)(Get|Put)$/)).toEqual([
      's3:GetObject: parcel/async/production/input/*',
      's3:AbortMultipartUpload s3:PutObject: parcel/async/production/failures/* parcel/async/production/output/*',
    ]);
  });

  test('the model notifies the topic, but only when the use case asks for it', () => {
    expect(granted('parcel', 'ModelRole', /^Tell$/)).toEqual(['sns:Publish: ']);
    expect(granted('quiet', 'ModelRole', /^Tell$/)).toEqual([]);
  });

  test('the deploy function asks, below a folder of its own', () => {
    expect(granted('parcel', 'Deploy', /^(Ask|RequestsPut|AnswersGet)$/)).toEqual([
      'sagemaker:InvokeEndpointAsync: ',
      's3:AbortMultipartUpload s3:PutObject: parcel/async/production/input/smoke-test/*',
      's3:GetObject: parcel/async/production/failures/* parcel/async/production/output/*',
    ]);
  });
});
