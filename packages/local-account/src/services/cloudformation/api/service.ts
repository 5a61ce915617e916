import type { Stack } from '../../../cloudformation/stack';
import { optionalText, text } from '../../../core/input';
import type { AwsService, Body, Operation, Permission } from '../../../core/service';
import type { NestedStacks } from '../resources/stack';
import { ChangeSets } from './change-sets';
import { describeChangeSet } from './descriptions';
import { type CloudFormationParts, StackChanges } from './stack-changes';
import { StackQueries } from './stack-queries';

/** CloudFormation over the wire. Operations that AWS runs in the background have finished when the call returns. */
export class CloudFormationService implements AwsService {
  readonly signingName = 'cloudformation';
  readonly xmlNamespace = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';
  readonly operations: Readonly<Record<string, Operation>>;
  /** For the resource type AWS::CloudFormation::Stack. */
  readonly nested: NestedStacks;

  constructor(private readonly parts: CloudFormationParts) {
    const changes = new StackChanges(parts);
    const queries = new StackQueries(parts);
    const sets = new ChangeSets(parts, changes);
    this.nested = changes;
    this.operations = {
      CreateStack: (input) => changes.createStack(input),
      UpdateStack: (input) => changes.updateStack(input),
      DeleteStack: (input) => changes.deleteStack(input),
      UpdateTerminationProtection: (input) => changes.updateTerminationProtection(input),
      ContinueUpdateRollback: (input) => changes.continueRollback(input),
      RollbackStack: (input) => changes.continueRollback(input),
      DescribeStacks: (input) => queries.describeStacks(input),
      ListStacks: (input) => queries.listStacks(input),
      DescribeStackEvents: (input) => queries.describeStackEvents(input),
      DescribeStackResources: (input) => queries.describeStackResources(input),
      DescribeStackResource: (input) => queries.describeStackResource(input),
      ListStackResources: (input) => queries.listStackResources(input),
      GetTemplate: (input) =>
        input.ChangeSetName === undefined
          ? queries.getTemplate(this.stack(input))
          : { TemplateBody: sets.find(input).plan.source, StagesAvailable: ['Original', 'Processed'] },
      GetTemplateSummary: (input) => queries.getTemplateSummary(input),
      ValidateTemplate: (input) => queries.validate(input),
      ListExports: () => queries.listExports(),
      ListImports: (input) => queries.listImports(text(input, 'ExportName')),
      CreateChangeSet: (input) => sets.create(input),
      DescribeChangeSet: (input) => describeChangeSet(sets.find(input)),
      ListChangeSets: (input) => ({
        Summaries: parts.repository.changeSetsOf(this.stack(input).id).map(describeChangeSet),
      }),
      DeleteChangeSet: (input) => sets.delete(input),
      ExecuteChangeSet: (input) => sets.execute(input),
    };
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const name = optionalText(input, 'StackName');
    const stack = name === undefined ? undefined : this.parts.repository.find(name);
    return [
      {
        action: `cloudformation:${operation}`,
        resource:
          stack?.id ??
          (name === undefined || name.startsWith('arn:') ? (name ?? '*') : this.parts.arn(`stack/${name}/*`)),
      },
    ];
  }

  private stack(input: Body): Stack {
    return this.parts.repository.stack(text(input, 'StackName'));
  }
}
