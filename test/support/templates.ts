import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { stackNames } from '../../contracts/names';
import type { PipelineDefinition } from '@mooring/pipeline-language';
import { testApp } from './app';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Templates of use cases by stack name, synthesized once per test file. @param useCases default those for tests. */
export function synthTemplates(useCases?: readonly LoadedUseCase[]): {
  readonly outdir: string;
  readonly template: (stack: string) => Template;
} {
  const outdir = mkdtempSync(join(tmpdir(), 'mooring-stacks-'));
  // The template validator is a check of its own in CI; here it would double the time.
  process.env['CDK_VALIDATION'] = 'false';
  testApp(useCases, outdir).synth();
  return {
    outdir,
    template: (stack) =>
      Template.fromJSON(
        JSON.parse(readFileSync(join(outdir, `${stack}.template.json`), 'utf8')) as Record<string, unknown>,
      ),
  };
}

/** Resources of a type by logical id. */
export function resources(template: Template, type: string): Readonly<Record<string, Resource>> {
  return template.findResources(type) as Readonly<Record<string, Resource>>;
}

/** Properties of the resources of a type, in the order of their logical ids. */
export function properties(template: Template, type: string): Readonly<Record<string, unknown>>[] {
  return Object.entries(resources(template, type))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, resource]) => resource.Properties);
}

const pseudo: Readonly<Record<string, string>> = {
  'AWS::Region': 'eu-west-1',
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** What a string of a template becomes when it is deployed to eu-west-1; names of resources are their logical ids. */
export function text(value: unknown, template: Template): string {
  if (typeof value === 'string') return value;
  const [[intrinsic, inner] = ['', '']] = Object.entries(value as Readonly<Record<string, unknown>>);
  const parts = inner as readonly unknown[];
  switch (intrinsic) {
    case 'Fn::Join':
      return (parts[1] as unknown[]).map((each) => text(each, template)).join(String(parts[0]));
    case 'Ref':
      return pseudo[String(inner)] ?? String(inner);
    case 'Fn::Sub':
      return String(inner).replace(/\$\{([^}]+)\}/g, (_, name: string) => pseudo[name] ?? name);
    case 'Fn::GetAtt':
      return `arn:aws:iam::111122223333:role/${String(parts[0])}`;
    case 'Fn::FindInMap': {
      const table = template.findMappings(String(parts[0]))[String(parts[0])] as Readonly<
        Record<string, Record<string, string>>
      >;
      return table[text(parts[1], template)]?.[String(parts[2])] ?? '';
    }
    case 'Fn::ImportValue':
      return /Key.*Arn/.test(String(inner))
        ? 'arn:aws:kms:eu-west-1:111122223333:key/1'
        : (/Ref([A-Za-z]+?)[0-9A-F]{8}/.exec(String(inner))?.[1] ?? '').toLowerCase();
    default:
      throw new Error(`intrinsic ${intrinsic} is not known to the test`);
  }
}

/** The pipeline definition of a use case's training stack. */
export function definition(template: Template): PipelineDefinition {
  const [pipeline] = properties(template, 'AWS::SageMaker::Pipeline');
  const body = (pipeline?.['PipelineDefinition'] as { readonly PipelineDefinitionBody: unknown })
    .PipelineDefinitionBody;
  return JSON.parse(text(body, template)) as PipelineDefinition;
}

export const loans = {
  training: stackNames.training('loans'),
  serving: stackNames.serving('loans'),
  monitoring: stackNames.monitoring('loans'),
  retraining: stackNames.retraining('loans'),
};
export const prices = {
  training: stackNames.training('prices'),
  serving: stackNames.serving('prices'),
  monitoring: stackNames.monitoring('prices'),
  retraining: stackNames.retraining('prices'),
};
