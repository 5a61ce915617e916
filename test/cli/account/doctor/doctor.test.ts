import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import type { UseCase } from '@mooring/use-case/use-case';
import { Account } from '@mooring/local-account';
import { examine, type Finding } from '../../../../cli/account/doctor/doctor';
import { openSession, type Session } from '../../../../cli/shared/session';
import { testUseCases } from '../../../support/app';
import { until } from '../../../support/executions';

const foundation = {
  Data: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'doctor-data' } },
  ...Object.fromEntries(
    ['data-bucket', 'artifact-bucket', 'topic-arn'].map((name) => [
      name.replace('-', ''),
      { Type: 'AWS::SSM::Parameter', Properties: { Name: `/mooring/${name}`, Type: 'String', Value: 'doctor-data' } },
    ]),
  ),
};
const release = {
  Connection: {
    Type: 'AWS::CodeConnections::Connection',
    Properties: { ConnectionName: 'mooring', ProviderType: 'GitHub' },
  },
};
/** A bucket name that is taken already. */
const broken = { Data: foundation.Data };

/** A healthy account, and a project in a folder of its own. */
class Patient {
  readonly root = mkdtempSync(join(tmpdir(), 'mooring-doctor-'));
  private readonly state = join(this.root, 'account');
  private readonly account = new Account({ folder: this.state });
  private readonly project = {
    root: this.root,
    work: this.root,
    state: this.state,
    assembly: '',
    python: '',
    imagePythons: { 'scikit-learn': '' },
  };
  private open: Session | undefined;

  async start(): Promise<void> {
    this.write('package.json', JSON.stringify({ dependencies: { 'aws-cdk': '2.1.0' } }));
    this.write('node_modules/aws-cdk/package.json', JSON.stringify({ version: '2.1.0' }));
    this.write('release.yaml', 'repository: { name: acme/models }\n');
    await this.account.start();
    this.open = await openSession(this.project);
    await this.stack('Mooring-Foundation', foundation);
    await this.stack('Mooring-Release', release);
    for (const { useCase } of testUseCases())
      await this.session.clients.s3.send(
        new PutObjectCommand({ Bucket: 'doctor-data', Key: `${useCase.name}/raw/data.csv`, Body: 'a,b\n' }),
      );
  }

  get session(): Session {
    if (this.open === undefined) throw new Error('not started');
    return this.open;
  }

  write(file: string, text: string): void {
    mkdirSync(join(this.root, file, '..'), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  async stack(StackName: string, Resources: object): Promise<void> {
    const { cloudformation } = this.session.clients;
    await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }));
    await until(async () => {
      const { Stacks: [found] = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
      return found?.StackStatus?.endsWith('IN_PROGRESS') === false ? found : undefined;
    });
  }

  examine(useCases: readonly UseCase[] = testUseCases().map(({ useCase }) => useCase)): Promise<readonly Finding[]> {
    return examine({ project: this.project, session: this.session, useCases });
  }

  async stop(): Promise<void> {
    await this.account.stop();
    rmSync(this.root, { recursive: true, force: true });
  }
}

describe('the doctor', () => {
  const patient = new Patient();
  const [loans, ...others] = testUseCases().map(({ useCase }) => useCase);
  const faultOf = async (check: string, useCases?: readonly UseCase[]): Promise<string> => {
    const found = (await patient.examine(useCases)).find((each) => each.check === check);
    return found?.ok === false ? `${found.found} -> ${found.remedy}` : `no fault: ${found?.found ?? 'no such check'}`;
  };
  const training = (change: Partial<UseCase['training']>): readonly UseCase[] => [
    { ...(loans as UseCase), training: { ...(loans as UseCase).training, ...change } },
    ...others,
  ];
  beforeAll(() => patient.start());
  afterAll(() => patient.stop());

  test('finds nothing wrong with a healthy account', async () => {
    expect((await patient.examine()).filter(({ ok }) => !ok)).toEqual([]);
  });

  test('CDK CLI of another version: install the pinned one', async () => {
    patient.write('node_modules/aws-cdk/package.json', JSON.stringify({ version: '2.0.0' }));
    expect(await faultOf('cdk cli')).toBe('aws-cdk is 2.0.0, package.json pins 2.1.0 -> run `npm ci`');
  });

  test('credentials of another account and a shell in another region: go to the right ones', async () => {
    const place = (account: string): string => `{ account: '${account}', region: eu-central-1 }`;
    patient.write(
      'release.yaml',
      `repository: { name: acme/models }\nenvironments: { tooling: ${place('111111111111')}, staging: ${place('222222222222')} }\n`,
    );
    expect(await faultOf('account')).toMatch(
      /are of 000000000000, .* lives in 111111111111 -> sign in to 111111111111/,
    );
    expect(await faultOf('region')).toMatch(/release\.yaml says eu-central-1 -> export AWS_REGION=eu-central-1/);
  });

  test('no repository in release.yaml: name it', async () => {
    patient.write('release.yaml', 'repository: {}\n');
    expect(await faultOf('configuration')).toBe(
      'release.yaml names no repository -> set repository.name to owner/name',
    );
  });

  test('an old bootstrap stack: bootstrap again', async () => {
    const Name = '/cdk-bootstrap/hnb659fds/version';
    await patient.session.clients.ssm.send(new PutParameterCommand({ Name, Value: '6', Overwrite: true }));
    expect(await faultOf('bootstrap')).toMatch(/version 6, at least 21 is needed -> run `npx cdk bootstrap` again/);
  });

  test('a parameter that is gone: deploy the foundation again', async () => {
    await patient.session.clients.ssm.send(new DeleteParameterCommand({ Name: '/mooring/topic-arn' }));
    expect(await faultOf('parameters')).toMatch(/^missing: \/mooring\/topic-arn -> deploy Mooring-Foundation again/);
  });

  test('a chat without its parameter, or with a readable one: put it as a secret', async () => {
    const { ssm } = patient.session.clients;
    const Name = '/mooring/chats/risk';
    const notifications = { emails: [], webhooks: [], chats: [{ type: 'slack', parameter: Name } as const] };
    const told = [{ ...(loans as UseCase), notifications }];
    const put = (Type: 'String' | 'SecureString'): Promise<unknown> =>
      ssm.send(new PutParameterCommand({ Name, Type, Value: 'https://hooks.slack.com/services/x' }));
    expect(await faultOf('chats', told)).toMatch(
      /^\/mooring\/chats\/risk does not exist -> .*put-parameter --type SecureString/,
    );
    await put('String');
    expect(await faultOf('chats', told)).toMatch(
      /^\/mooring\/chats\/risk is a String, not a SecureString -> delete it/,
    );
    await ssm.send(new DeleteParameterCommand({ Name }));
    await put('SecureString');
    expect(await faultOf('chats', told)).toBe('no fault: 1 chats');
  });

  test('a stack that was rolled back: delete and deploy it', async () => {
    await patient.stack('Broken', broken);
    expect(await faultOf('stack states')).toMatch(/^Broken is ROLLBACK_COMPLETE -> .*delete it/);
  });

  test('a connection that nobody confirmed: confirm it in the console', async () => {
    const { Stacks = [] } = await patient.session.clients.cloudformation.send(new DescribeStacksCommand({}));
    expect(Stacks.map(({ StackName }) => StackName)).toContain('Mooring-Release');
    await patient.session.control('POST', '/_local/connections', {
      arn: await patient.session
        .control('GET', '/_local/connections')
        .then((all) => (all as readonly { readonly arn: string }[])[0]?.arn ?? ''),
      status: 'PENDING',
    });
    expect(await faultOf('connection')).toMatch(/^mooring is PENDING -> .*Update pending connection/);
  });

  test('no training data: upload it', async () => {
    const renamed = { ...(loans as UseCase), name: 'not-there-yet' };
    expect(await faultOf('data', [renamed])).toBe(
      'no training data of not-there-yet -> aws s3 cp <file> s3://doctor-data/<use-case>/raw/',
    );
  });

  test('an instance that does not exist: check the spelling', async () => {
    expect(await faultOf('instance types', training({ instance: 'ml.m5.larg' }))).toMatch(
      /ml\.m5\.larg \(loans\) -> check the spelling/,
    );
  });

  test('an image that nobody has: correct it or push it', async () => {
    const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1';
    expect(await faultOf('images', training({ image }))).toMatch(/^loans: .*mine:1.* -> correct training\.image/s);
  });

  test('too small a quota: ask for more', async () => {
    const instance = (loans as UseCase).training.instance;
    const name = `${instance} for training job usage`;
    await patient.session.control('POST', '/_local/quotas', { service: 'sagemaker', name, value: 0 });
    expect(await faultOf('quotas')).toBe(
      `${name}: 0 allowed, 1 needed -> ask for more under Service Quotas > Amazon SageMaker, or choose another instance in use-case.yaml`,
    );
  });

  test('reports all faults of an account at once', async () => {
    const sick = (await patient.examine(training({ instance: 'ml.m5.larg', image: 'mine:1' }))).filter(({ ok }) => !ok);
    expect(sick.map(({ check }) => check).sort()).toEqual([
      'bootstrap',
      'cdk cli',
      'configuration',
      'connection',
      'images',
      'instance types',
      'parameters',
      'stack states',
    ]);
    expect(sick.every(({ remedy }) => remedy !== '')).toBe(true);
  });
});
