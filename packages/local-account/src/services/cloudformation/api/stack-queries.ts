import type { StackRepository } from '../../../cloudformation/repository';
import type { Stack } from '../../../cloudformation/stack';
import { parseTemplate } from '../../../cloudformation/template';
import { validateTemplate } from '../../../cloudformation/validate';
import { AwsError } from '../../../core/errors';
import { optionalFlag, optionalText, text, textList } from '../../../core/input';
import type { Body } from '../../../core/service';
import { describeEvent, describeResource, describeStack, summarizeStack } from './descriptions';
import { neededCapabilities, type RequestParts, templateSource } from './stack-requests';

/** Operations that only look. */
export class StackQueries {
  constructor(private readonly parts: RequestParts & { readonly repository: StackRepository }) {}

  describeStacks(input: Body): Body {
    if (optionalText(input, 'StackName') !== undefined) return { Stacks: [describeStack(this.stack(input))] };
    return {
      Stacks: this.parts.repository
        .all()
        .filter(({ status }) => status !== 'DELETE_COMPLETE')
        .map(describeStack),
    };
  }

  listStacks(input: Body): Body {
    const wanted = textList(input, 'StackStatusFilter');
    const stacks = this.parts.repository.all().filter(({ status }) => wanted.length === 0 || wanted.includes(status));
    return { StackSummaries: [...stacks].reverse().map(summarizeStack) };
  }

  describeStackResources(input: Body): Body {
    const physical = optionalText(input, 'PhysicalResourceId');
    const { repository } = this.parts;
    const stack =
      physical === undefined
        ? this.stack(input)
        : repository
            .all()
            .find((each) => repository.resources(each.id).some(({ physicalId }) => physicalId === physical));
    if (stack === undefined) throw new AwsError('ValidationError', `Stack for ${physical ?? ''} does not exist`);
    const logical = optionalText(input, 'LogicalResourceId');
    const resources = repository
      .resources(stack.id)
      .filter(({ logicalId }) => logical === undefined || logicalId === logical);
    return { StackResources: resources.map((each) => describeResource(stack, each, 'Timestamp')) };
  }

  describeStackResource(input: Body): Body {
    const stack = this.stack(input);
    const id = text(input, 'LogicalResourceId');
    const resource = this.parts.repository.resource(stack.id, id);
    if (resource === undefined)
      throw new AwsError('ValidationError', `Resource ${id} does not exist for stack ${stack.name}`);
    return { StackResourceDetail: describeResource(stack, resource, 'LastUpdatedTimestamp') };
  }

  listStackResources(input: Body): Body {
    const stack = this.stack(input);
    return {
      StackResourceSummaries: this.parts.repository
        .resources(stack.id)
        .map((each) => describeResource(stack, each, 'LastUpdatedTimestamp')),
    };
  }

  getTemplateSummary(input: Body): Body {
    const name = optionalText(input, 'StackName');
    const source =
      name === undefined
        ? templateSource(input, undefined, this.parts)
        : this.parts.repository.template(this.stack(input).id);
    const template = parseTemplate(source);
    const types = [...new Set(Object.values(template.resources).map(({ type }) => type))];
    return {
      ...this.declared(source),
      ResourceTypes: types,
      Metadata: JSON.stringify(template.metadata),
      Version: '2010-09-09',
    };
  }

  validate(input: Body): Body {
    const source = templateSource(input, undefined, this.parts);
    validateTemplate(parseTemplate(source), this.parts.registry);
    return this.declared(source);
  }

  /** Description, parameters and capabilities of a template. */
  private declared(source: string): Body {
    const template = parseTemplate(source);
    const capabilities = neededCapabilities(template);
    return {
      Description: template.description,
      Parameters: Object.entries(template.parameters).map(([ParameterKey, each]) => ({
        ParameterKey,
        DefaultValue: optionalText(each, 'Default'),
        ParameterType: optionalText(each, 'Type'),
        NoEcho: optionalFlag(each, 'NoEcho') ?? false,
        Description: optionalText(each, 'Description'),
      })),
      Capabilities: capabilities,
      CapabilitiesReason:
        capabilities.length === 0 ? undefined : 'The following resource(s) require capabilities: [AWS::IAM::Role]',
    };
  }

  listImports(exportName: string): Body {
    const importers = this.parts.repository.importers(exportName);
    if (importers.length === 0)
      throw new AwsError('ValidationError', `Export '${exportName}' is not imported by any stack.`);
    return { Imports: importers.map(({ name }) => name) };
  }

  stack(input: Body): Stack {
    return this.parts.repository.stack(text(input, 'StackName'));
  }

  describeStackEvents(input: Body): Body {
    return { StackEvents: [...this.parts.repository.events(this.stack(input).id)].reverse().map(describeEvent) };
  }

  getTemplate(stack: Stack): Body {
    return { TemplateBody: this.parts.repository.template(stack.id), StagesAvailable: ['Original', 'Processed'] };
  }

  listExports(): Body {
    const exports = this.parts.repository.exports();
    return {
      Exports: exports.map(({ exportName, value, stack }) => ({
        ExportingStackId: stack.id,
        Name: exportName,
        Value: value,
      })),
    };
  }
}
