import type { Change, ChangeSet } from '../../../cloudformation/change-set';
import type { ParameterValues } from '../../../cloudformation/parameters';
import type { Stack, StackEvent, StackResource, Tag } from '../../../cloudformation/stack';
import type { Body } from '../../../core/service';

/** How stacks, resources, events and change sets look on the wire. */

const date = (iso: string | undefined): Date | undefined => (iso === undefined ? undefined : new Date(iso));
const tagList = (tags: readonly Tag[]): Body[] => tags.map(({ key, value }) => ({ Key: key, Value: value }));

function parameterList(parameters: ParameterValues): Body[] {
  return Object.entries(parameters).map(([ParameterKey, { value, resolved, noEcho }]) => ({
    ParameterKey,
    ParameterValue: noEcho ? '****' : value,
    ...(resolved === undefined ? {} : { ResolvedValue: resolved }),
  }));
}

export function describeStack(stack: Stack): Body {
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: stack.description === '' ? undefined : stack.description,
    Parameters: parameterList(stack.parameters),
    CreationTime: date(stack.created),
    LastUpdatedTime: date(stack.updated),
    DeletionTime: date(stack.deleted),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DisableRollback: stack.disableRollback,
    NotificationARNs: stack.notificationArns,
    Capabilities: stack.capabilities,
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
    RoleARN: stack.roleArn,
    Tags: tagList(stack.tags),
    EnableTerminationProtection: stack.terminationProtection,
    ParentId: stack.parentId,
    RootId: stack.parentId,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

export function summarizeStack(stack: Stack): Body {
  return {
    StackId: stack.id,
    StackName: stack.name,
    TemplateDescription: stack.description,
    CreationTime: date(stack.created),
    LastUpdatedTime: date(stack.updated),
    DeletionTime: date(stack.deleted),
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    ParentId: stack.parentId,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

export function describeResource(
  stack: Stack,
  resource: StackResource,
  timestamp: 'Timestamp' | 'LastUpdatedTimestamp',
): Body {
  return {
    StackName: stack.name,
    StackId: stack.id,
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId === '' ? undefined : resource.physicalId,
    ResourceType: resource.type,
    [timestamp]: date(resource.updated),
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.reason,
    Metadata: timestamp === 'LastUpdatedTimestamp' ? JSON.stringify(resource.metadata) : undefined,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

export function describeEvent(event: StackEvent): Body {
  return {
    StackId: event.stackId,
    EventId: event.id,
    StackName: event.stackName,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: date(event.time),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
  };
}

export function describeChangeSet(changeSet: ChangeSet): Body {
  const { plan } = changeSet;
  return {
    ChangeSetName: changeSet.name,
    ChangeSetId: changeSet.id,
    StackId: changeSet.stackId,
    StackName: changeSet.stackName,
    Description: changeSet.description,
    Parameters: parameterList(plan.parameters),
    CreationTime: date(changeSet.created),
    ExecutionStatus: changeSet.status === 'FAILED' ? 'UNAVAILABLE' : 'AVAILABLE',
    Status: changeSet.status,
    StatusReason: changeSet.reason,
    NotificationARNs: plan.notificationArns,
    RollbackConfiguration: {},
    Capabilities: plan.capabilities,
    Tags: tagList(plan.tags),
    Changes: changeSet.changes.map(describeChange),
    IncludeNestedStacks: false,
  };
}

function describeChange(change: Change): Body {
  return {
    Type: 'Resource',
    ResourceChange: {
      Action: change.action,
      LogicalResourceId: change.logicalId,
      PhysicalResourceId: change.physicalId,
      ResourceType: change.type,
      Replacement: change.action === 'Modify' ? change.replacement : undefined,
      Scope: change.action === 'Modify' ? [change.properties.length > 0 ? 'Properties' : 'Metadata'] : [],
      Details: change.properties.map((name) => ({
        Target: {
          Attribute: 'Properties',
          Name: name,
          RequiresRecreation: change.replacement === 'True' ? 'Conditionally' : 'Never',
        },
        Evaluation: 'Static',
        ChangeSource: 'DirectModification',
      })),
    },
  };
}
