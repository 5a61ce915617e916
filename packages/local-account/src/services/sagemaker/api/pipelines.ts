import { notFound, validation } from '../../../core/errors';
import { optionalNumber, optionalText, text } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body, Call, Operation } from '../../../core/service';
import type { Collection } from '../../../core/store';
import type { DefinitionStore } from './definition-store';
import { listPage } from './listing';
import type { Document } from './listing';
import type { Tags } from './tags';

/** One pipeline; its definition lies in its newest version. */
export interface PipelineDocument extends Document {
  readonly PipelineName: string;
  readonly PipelineArn: string;
  readonly RoleArn: string;
  readonly version: number;
}

interface VersionDocument extends Document {
  readonly PipelineVersionId: number;
  readonly definition: string;
  readonly pipeline: string;
}

const changeable = ['PipelineDisplayName', 'PipelineDescription', 'RoleArn', 'ParallelismConfiguration'];

/** Pipelines and their versions: every update of a definition makes a new one. */
export class Pipelines {
  readonly operations: Readonly<Record<string, Operation>> = {
    CreatePipeline: (input, call) => this.create(input, call),
    UpdatePipeline: (input, call) => this.update(input, call),
    DeletePipeline: (input) => this.delete(text(input, 'PipelineName')),
    DescribePipeline: (input) => this.describe(input),
    ListPipelines: (input) =>
      listPage(this.pipelines.values(), prefixed(input), { name: 'PipelineName', list: 'PipelineSummaries' }),
    ListPipelineVersions: (input) => this.listVersions(input),
    UpdatePipelineVersion: (input) => this.updateVersion(input),
  };
  private readonly pipelines: Collection<PipelineDocument>;
  private readonly versions: Collection<VersionDocument>;

  constructor(
    private readonly account: AccountParts,
    private readonly definitions: DefinitionStore,
    private readonly tags: Tags,
    /** A pipeline was deployed, so jobs will come. */
    private readonly expectJobs: () => void,
  ) {
    this.pipelines = account.store.collection('sagemaker.pipelines');
    this.versions = account.store.collection('sagemaker.pipeline-versions');
  }

  /** A pipeline by name or ARN. @throws AwsError ResourceNotFound. */
  get(nameOrArn: string): PipelineDocument {
    const name = nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
    const found = this.pipelines.get(name);
    if (found === undefined) throw notFound(`Pipeline '${this.arn(name)}'`);
    return found;
  }

  /** Hash of a version's definition. */
  definition(pipeline: PipelineDocument, version = pipeline.version): string {
    return this.version(pipeline.PipelineName, version).definition;
  }

  /** Notes that an execution started. */
  ran(name: string, version: number, executionArn: string): void {
    const pipeline = this.get(name);
    this.pipelines.put(pipeline.PipelineName, { ...pipeline, LastRunTime: this.now(), LastExecutionTime: this.now() });
    const used = this.version(name, version);
    this.versions.put(`${name}#${version}`, {
      ...used,
      LastExecutedPipelineExecutionArn: executionArn,
      LastExecutionPipelineExecutionArn: executionArn,
    });
  }

  private create(input: Body, call: Call): Body {
    const name = text(input, 'PipelineName');
    if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}$/.test(name))
      throw validation(`'${name}' is not a valid PipelineName: letters, digits and single hyphens inside`);
    if (this.pipelines.get(name) !== undefined)
      throw validation(
        `Pipeline names must be unique within an AWS account and region. Pipeline with name (${name}) already exists.`,
      );
    const definition = this.definitions.take(input, call.principal);
    if (definition === undefined)
      throw validation('Either PipelineDefinition or PipelineDefinitionS3Location is needed');
    const arn = this.arn(name);
    const user = userContext(call);
    this.pipelines.put(name, {
      ...chosen(input),
      PipelineName: name,
      PipelineArn: arn,
      RoleArn: text(input, 'RoleArn'),
      PipelineStatus: 'Active',
      CreationTime: this.now(),
      LastModifiedTime: this.now(),
      CreatedBy: user,
      LastModifiedBy: user,
      version: 1,
    });
    this.addVersion(name, 1, definition);
    this.tags.add(arn, input);
    this.expectJobs();
    return { PipelineArn: arn };
  }

  private update(input: Body, call: Call): Body {
    const pipeline = this.get(text(input, 'PipelineName'));
    const definition = this.definitions.take(input, call.principal);
    const version =
      definition === undefined || definition === this.definition(pipeline) ? pipeline.version : pipeline.version + 1;
    if (definition !== undefined && version !== pipeline.version)
      this.addVersion(pipeline.PipelineName, version, definition);
    this.pipelines.put(pipeline.PipelineName, {
      ...pipeline,
      ...chosen(input),
      LastModifiedTime: this.now(),
      LastModifiedBy: userContext(call),
      version,
    });
    return { PipelineArn: pipeline.PipelineArn, PipelineVersionId: version };
  }

  private delete(nameOrArn: string): Body {
    const { PipelineName: name, PipelineArn: arn, version } = this.get(nameOrArn);
    for (let each = 1; each <= version; each += 1) this.versions.delete(`${name}#${each}`);
    this.pipelines.delete(name);
    this.tags.forget(arn);
    return { PipelineArn: arn };
  }

  private describe(input: Body): Body {
    const pipeline = this.get(text(input, 'PipelineName'));
    const version = this.version(pipeline.PipelineName, optionalNumber(input, 'PipelineVersionId') ?? pipeline.version);
    return { ...version, ...pipeline, PipelineDefinition: this.definitions.text(version.definition) };
  }

  private listVersions(input: Body): Body {
    const { PipelineName: name } = this.get(text(input, 'PipelineName'));
    const own = this.versions.values().filter((each) => each.pipeline === name);
    return listPage(own, input, { name: 'PipelineVersionId', list: 'PipelineVersionSummaries' });
  }

  private updateVersion(input: Body): Body {
    const { PipelineName: name, PipelineArn: arn } = this.get(text(input, 'PipelineArn'));
    const version = this.version(name, optionalNumber(input, 'PipelineVersionId') ?? 0);
    const members = Object.fromEntries(
      ['PipelineVersionDisplayName', 'PipelineVersionDescription'].flatMap((each) =>
        input[each] === undefined ? [] : [[each, input[each]]],
      ),
    );
    this.versions.put(`${name}#${version.PipelineVersionId}`, { ...version, ...members });
    return { PipelineArn: arn, PipelineVersionId: version.PipelineVersionId };
  }

  private version(name: string, version: number): VersionDocument {
    const found = this.versions.get(`${name}#${version}`);
    if (found === undefined) throw notFound(`Version ${version} of pipeline '${this.arn(name)}'`);
    return found;
  }

  private addVersion(name: string, version: number, definition: string): void {
    this.versions.put(`${name}#${version}`, {
      pipeline: name,
      PipelineArn: this.arn(name),
      PipelineVersionId: version,
      definition,
      CreationTime: this.now(),
      LastModifiedTime: this.now(),
    });
  }

  private arn(name: string): string {
    return this.account.arn('sagemaker', `pipeline/${name}`);
  }

  private now(): string {
    return this.account.clock.now().toISOString();
  }
}

/** ListPipelines filters by a prefix, not by a part. */
const prefixed = (input: Body): Body => {
  const prefix = optionalText(input, 'PipelineNamePrefix');
  return prefix === undefined ? input : { ...input, NameContains: prefix };
};

const chosen = (input: Body): Document =>
  Object.fromEntries(changeable.flatMap((each) => (input[each] === undefined ? [] : [[each, input[each]]])));

const userContext = (call: Call): Body => ({
  IamIdentity: { Arn: call.principal.arn, PrincipalId: call.principal.arn },
});
