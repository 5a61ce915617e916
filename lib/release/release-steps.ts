import { Aws } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CodeBuildStep, type CodePipelineSource } from 'aws-cdk-lib/pipelines';
import { Duration } from 'aws-cdk-lib';
import type { StageName } from '../../contracts/names';
import { releaseNames } from '../../contracts/release';
import { pinned } from './pinned';

/** Variables that the synth step reads off the tag and hands to all later steps. */
export const releaseVariables = ['RELEASE_TAG', 'RELEASE_KIND', 'RELEASE_USE_CASE', 'RELEASE_VERSION'] as const;

export type ReleaseVariables = Readonly<Record<(typeof releaseVariables)[number], string>>;

/** References to the variables. Made once: the CDK resolves those that a step uses, and only those. */
export function variablesOf(synth: CodeBuildStep): ReleaseVariables {
  return Object.fromEntries(releaseVariables.map((name) => [name, synth.exportedVariable(name)])) as ReleaseVariables;
}

/** Where the tools of the release lie inside the assembly: one file, all libraries inside. */
export const toolsFolder = 'release-tools';
const tool = `node ${toolsFolder}/release.mjs`;

/** Reads the tag, runs the unit tests, synthesizes, and packs the tools beside the assembly. */
export function synthStep(source: CodePipelineSource, pipelineArn: string): CodeBuildStep {
  return new CodeBuildStep('Synth', {
    input: source,
    primaryOutputDirectory: 'cdk.out',
    env: {
      PIPELINE_NAME: releaseNames.pipeline,
      PIPELINE_EXECUTION_ID: '#{codepipeline.PipelineExecutionId}',
      REQUESTED_TAG: `#{variables.${releaseNames.tagVariable}}`,
    },
    installCommands: ['npm ci --no-audit --no-fund'],
    commands: [
      'node cli/release/build/bundle.mjs .mooring/release-tools',
      'node .mooring/release-tools/release.mjs tag --file .mooring/release-tools/tag.env',
      '. ./.mooring/release-tools/tag.env',
      'npm run test:release',
      'npx cdk synth --quiet -c release=release.yaml',
      `cp -R .mooring/release-tools cdk.out/${toolsFolder}`,
    ],
    partialBuildSpec: pinned.buildSpec,
    rolePolicyStatements: [
      new iam.PolicyStatement({
        sid: 'WhichTag',
        actions: ['codepipeline:GetPipelineExecution', 'codepipeline:ListActionExecutions'],
        resources: [pipelineArn],
      }),
    ],
  });
}

export interface ToolStepProps {
  readonly synth: CodeBuildStep;
  readonly variables: ReleaseVariables;
  readonly role: iam.IRole;
  /** Accounts of the stages that the step works in; undefined means the pipeline's own. */
  readonly accounts: Readonly<Partial<Record<StageName, string | undefined>>>;
  readonly timeout?: Duration;
  /** File of variables that the command writes, for the step to export. */
  readonly exports?: string;
}

/** A step that runs one command of the release's tools against the stages. */
export function toolStep(id: string, command: string, props: ToolStepProps): CodeBuildStep {
  const { synth, variables, role, accounts, timeout, exports } = props;
  const roles = Object.fromEntries(
    (Object.keys(accounts) as StageName[]).map((stage) => [
      `${stage.toUpperCase()}_ROLE_ARN`,
      `arn:${Aws.PARTITION}:iam::${accounts[stage] ?? Aws.ACCOUNT_ID}:role/${releaseNames.stageRole(stage)}`,
    ]),
  );
  return new CodeBuildStep(id, {
    input: synth,
    env: {
      ...variables,
      ...roles,
      PIPELINE_NAME: releaseNames.pipeline,
      PIPELINE_EXECUTION_ID: '#{codepipeline.PipelineExecutionId}',
    },
    commands:
      exports === undefined ? [`${tool} ${command}`] : [`${tool} ${command} --file ${exports}`, `. ./${exports}`],
    role,
    timeout: timeout ?? Duration.hours(1),
    partialBuildSpec: pinned.buildSpec,
  });
}

/**
 * What the self-mutation does besides `cdk deploy`: notice whether the pipeline changed, and if so hand the tag over to one
 * new execution of the changed pipeline.
 */
export function selfMutationSpec(): codebuild.BuildSpec {
  return codebuild.mergeBuildSpecs(
    pinned.buildSpec,
    codebuild.BuildSpec.fromObject({
      version: '0.2',
      env: { variables: { PIPELINE_NAME: releaseNames.pipeline } },
      phases: {
        pre_build: { commands: [`${tool} note-version --file pipeline-version.txt`] },
        post_build: { commands: [`${tool} continue --file pipeline-version.txt`] },
      },
    }),
  );
}

/** Puts the publisher of the release's tools before the CDK's in the path; cli/release/build/cdk-assets.sh says why. */
export function assetSpec(): codebuild.BuildSpec {
  return codebuild.mergeBuildSpecs(
    pinned.buildSpec,
    codebuild.BuildSpec.fromObject({
      version: '0.2',
      phases: {
        pre_build: {
          commands: [`chmod +x ${toolsFolder}/bin/cdk-assets`, `PATH="$PWD/${toolsFolder}/bin:$PATH"`],
        },
      },
    }),
  );
}
