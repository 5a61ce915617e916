import type * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { CodePipeline } from 'aws-cdk-lib/pipelines';
import type { IConstruct } from 'constructs';
import { tagFilter } from '../../contracts/release';

/** What CDK Pipelines has no words for: triggers, entry conditions, and grants that it leaves out. */

const resourceOf = (pipeline: codepipeline.Pipeline): codepipeline.CfnPipeline =>
  pipeline.node.defaultChild as codepipeline.CfnPipeline;

/** Tags only, in an item of their own: items with branches and tags are refused. */
export function startOnTags(
  pipeline: codepipeline.Pipeline,
  sourceActionName: string,
  useCases: readonly string[],
): void {
  const { includes, excludes } = tagFilter(useCases);
  resourceOf(pipeline).triggers = [
    {
      providerType: 'CodeStarSourceConnection',
      gitConfiguration: {
        sourceActionName,
        push: [{ tags: { includes: [...includes], excludes: [...excludes] } }],
      },
    },
  ];
}

/** The CDK grants the service's former prefix only; a connection is asked for under the prefix of its ARN. */
export function allowConnection(action: IConstruct, pipelines: CodePipeline, connectionArn: string): void {
  const role = action.node.findChild('CodePipelineActionRole') as iam.Role;
  for (const grantee of [role, pipelines.synthProject])
    grantee.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({
        sid: 'Connection',
        actions: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
        resources: [connectionArn],
      }),
    );
}

/** A prerelease has done its work after staging: its execution skips production and succeeds. */
export function stopPrereleases(pipeline: codepipeline.Pipeline, kind: string): void {
  const index = pipeline.stages.findIndex(({ stageName }) => stageName === 'Production');
  resourceOf(pipeline).addPropertyOverride(`Stages.${index}.BeforeEntry`, {
    Conditions: [
      {
        Result: 'SKIP',
        Rules: [
          {
            Name: 'OnlyReleases',
            RuleTypeId: { Category: 'Rule', Owner: 'AWS', Provider: 'VariableCheck', Version: '1' },
            Configuration: { Variable: kind, Operator: 'EQ', Value: 'release' },
          },
        ],
      },
    ],
  });
}

/** Which execution the self-mutation belongs to, whether the pipeline changed, and starting the one that goes on. */
export function allowContinuing(pipelines: CodePipeline, pipelineArn: string): void {
  pipelines.selfMutationProject.addToRolePolicy(
    new iam.PolicyStatement({
      sid: 'Continue',
      actions: [
        'codepipeline:GetPipeline',
        'codepipeline:GetPipelineExecution',
        'codepipeline:ListActionExecutions',
        'codepipeline:ListPipelineExecutions',
        'codepipeline:StartPipelineExecution',
        'codepipeline:StopPipelineExecution',
      ],
      resources: [pipelineArn],
    }),
  );
}
