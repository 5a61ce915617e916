import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vpcEndpoints } from '../../contracts/vpc-endpoints';
import { loadOrganization, ofOrganization } from '../../contracts/organization';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { testUseCases } from '../support/app';
import { definition, loans, properties, synthTemplates, text } from '../support/templates';

const found = testUseCases().find((each) => each.useCase.name === 'loans') as LoadedUseCase;
const vpc = { SecurityGroupIds: ['sg-0a1b2c3d'], Subnets: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'] };
const given = `network:
  vpc: vpc-0a1b2c3d
  subnets: [subnet-0a1b2c3d, subnet-1a1b2c3d]
  security_groups: [sg-0a1b2c3d]
termination_protection: true
`;

const folder = mkdtempSync(join(tmpdir(), 'mooring-organization-'));
const organization = (content: string) => {
  writeFileSync(join(folder, 'mooring.yaml'), content);
  return loadOrganization(folder);
};
const inVpc = ofOrganization(organization(given), found);
const { template, outdir } = synthTemplates([inVpc]);
afterAll(() => [outdir, folder].forEach((each) => rmSync(each, { recursive: true })));

type Node = Readonly<Record<string, unknown>>;
const jobs = (): readonly Node[] =>
  (definition(template(loans.training)).Steps as unknown as readonly Node[]).filter((each) =>
    ['Processing', 'Training'].includes(String(each['Type'])),
  );

describe('a use case of an organization with a VPC', () => {
  test('has all jobs of its pipeline there, isolated, and with encrypted traffic', () => {
    expect(jobs().length).toBeGreaterThan(5);
    for (const { Type, Arguments } of jobs()) {
      const config = (Type === 'Processing' ? (Arguments as Node)['NetworkConfig'] : Arguments) as Node;
      expect(config).toMatchObject({
        EnableNetworkIsolation: true,
        EnableInterContainerTrafficEncryption: true,
        VpcConfig: vpc,
      });
    }
  });

  test('has its monitors there, which read their window themselves', () => {
    const targets = properties(template(loans.monitoring), 'AWS::Scheduler::Schedule').map((each) =>
      text((each['Target'] as Node)['Input'], template(loans.monitoring)),
    );
    const monitors = targets.filter((each) => each.includes('ProcessingJobName'));
    expect(monitors.length).toBeGreaterThan(0);
    for (const each of monitors)
      expect(JSON.parse(each)).toMatchObject({ NetworkConfig: { EnableNetworkIsolation: false, VpcConfig: vpc } });
  });

  test('has its functions there, and its models', () => {
    for (const stack of Object.values(loans))
      for (const each of properties(template(stack), 'AWS::Lambda::Function')) {
        expect(each['VpcConfig']).toEqual({ SubnetIds: vpc.Subnets, SecurityGroupIds: vpc.SecurityGroupIds });
      }
    const deploy = properties(template(loans.serving), 'AWS::Lambda::Function').find(
      (each) => each['FunctionName'] === 'loans-deploy',
    );
    const { MOORING_SETTINGS: settings } = (deploy?.['Environment'] as { Variables: Record<string, string> }).Variables;
    expect(JSON.parse(settings ?? '{}')).toMatchObject({ network: { isolation: true, vpc } });
  });

  test('needs these endpoints where there is no internet', () => {
    expect(vpcEndpoints(inVpc.useCase)).toEqual(
      'ecr.api ecr.dkr kms logs monitoring s3 sagemaker.api sagemaker.runtime sns sts'.split(' '),
    );
    expect(vpcEndpoints(found.useCase)).toEqual([]);
  });
});

test('a use case keeps a network of its own', () => {
  const own = { isolation: false, inter_container_encryption: true };
  const loaded = { ...found, useCase: { ...found.useCase, network: own } };
  expect(ofOrganization(organization(given), loaded).useCase.network).toBe(own);
});

test('mistakes in mooring.yaml are listed with their place', () => {
  expect(() => organization('network: { vpc: vpc-0a1b2c3d }\nsubnet: x\n')).toThrow(
    /mooring.yaml has problems:[^]*network: vpc, subnets and security_groups belong together[^]*Unrecognized key: "subnet"/,
  );
});

describe('what is written down', () => {
  test('lies on volumes, in logs and in environments that the customer key encrypts', () => {
    for (const { Type, Arguments } of jobs()) {
      const place = Type === 'Processing' ? 'ProcessingResources' : 'ResourceConfig';
      expect(JSON.stringify((Arguments as Node)[place])).toContain('VolumeKmsKeyId');
    }
    for (const stack of Object.values(loans)) {
      for (const each of properties(template(stack), 'AWS::Logs::LogGroup')) expect(each['KmsKeyId']).toBeDefined();
      for (const each of properties(template(stack), 'AWS::Lambda::Function')) expect(each['KmsKeyArn']).toBeDefined();
    }
  });

  test('is versioned where access is logged, too', () => {
    const buckets = properties(template('Mooring-Foundation'), 'AWS::S3::Bucket');
    expect(buckets.map((each) => each['VersioningConfiguration'])).toEqual(buckets.map(() => ({ Status: 'Enabled' })));
  });
});
