import { AwsError, Unsupported } from '../../../core/errors';
import { bodies, body, optionalFlag, optionalNumber, optionalText, text } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { AwsService, Body, Call, Operation, Permission } from '../../../core/service';
import type { Collection } from '../../../core/store';
import type { PushedRef, Started } from '../../codeconnections';
import { actionDetail, executionSummary, pipelineState } from './descriptions';
import type { Engine } from '../runtime/engine';
import type { Execution, Pipeline } from '../runtime/records';
import { startsOn, structureOf } from '../runtime/structure';

interface StartOptions {
  readonly trigger: Execution['trigger'];
  readonly tag?: string;
  readonly revisions?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly token?: string;
}

/** CodePipeline: enough of it to run releases, approve them and look at them. */
export class CodePipelines implements AwsService {
  readonly signingName = 'codepipeline';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly pipelines: Collection<Pipeline>;

  constructor(
    private readonly account: AccountParts,
    private readonly engine: Engine,
  ) {
    this.pipelines = account.store.collection('codepipeline.pipelines');
    this.operations = {
      CreatePipeline: (input) => ({ pipeline: this.put(body(input, 'pipeline'), false).structure.declaration }),
      UpdatePipeline: (input) => ({ pipeline: this.put(body(input, 'pipeline'), true).structure.declaration }),
      GetPipeline: (input) => this.describe(text(input, 'name')),
      DeletePipeline: (input) => this.delete(text(input, 'name')),
      ListPipelines: () => ({
        pipelines: this.pipelines.values().map(({ structure, version, created, updated }) => ({
          name: structure.name,
          version,
          pipelineType: 'V2',
          executionMode: 'QUEUED',
          created: new Date(created),
          updated: new Date(updated),
        })),
      }),
      StartPipelineExecution: (input, call) => this.startByHand(input, call),
      StopPipelineExecution: (input) => this.stop(input),
      GetPipelineExecution: (input) => this.describeExecution(input),
      ListPipelineExecutions: (input) => this.listExecutions(input),
      ListActionExecutions: (input) => this.listActions(input),
      GetPipelineState: (input) => {
        const pipeline = this.get(text(input, 'name'));
        return pipelineState(pipeline, this.engine.of(pipeline.structure.name));
      },
      PutApprovalResult: (input, call) => this.answer(input, call),
      RetryStageExecution: (input) => this.retry(input),
      ListTagsForResource: () => ({ tags: [] }),
    };
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const name =
      optionalText(input, 'pipelineName') ??
      optionalText(input, 'name') ??
      optionalText(body(input, 'pipeline'), 'name');
    const action = `codepipeline:${operation}`;
    if (name === undefined) return [{ action, resource: '*' }];
    const place = ['stageName', 'actionName'].flatMap((member) => optionalText(input, member) ?? []);
    return [{ action, resource: [this.arn(name), ...place].join('/') }];
  }

  arn(name: string): string {
    return this.account.arn('codepipeline', name);
  }

  find(name: string): Pipeline | undefined {
    return this.pipelines.get(name);
  }

  /** Creates or changes a pipeline; a new definition is a new version. */
  put(declaration: Body, mustExist: boolean, restartOnUpdate = false): Pipeline {
    const structure = structureOf(declaration);
    const before = this.pipelines.get(structure.name);
    if (mustExist && before === undefined) throw notFound(structure.name);
    if (!mustExist && before !== undefined)
      throw new AwsError('PipelineNameInUseException', `A pipeline with the name '${structure.name}' already exists`);
    const now = this.account.clock.now().getTime();
    const pipeline: Pipeline = {
      structure,
      version: (before?.version ?? 0) + 1,
      arn: this.arn(structure.name),
      created: before?.created ?? now,
      updated: now,
      restartOnUpdate,
    };
    this.pipelines.put(structure.name, pipeline);
    if (before !== undefined && restartOnUpdate)
      this.start(pipeline, { trigger: { type: 'StartPipelineExecution', detail: 'CloudFormation' } });
    return pipeline;
  }

  /** Repositories that the pipeline's sources name. */
  repositories({ structure }: Pipeline): readonly string[] {
    return structure.stages
      .flatMap(({ actions }) => actions)
      .flatMap(({ provider, configuration }) =>
        provider === 'CodeStarSourceConnection' ? [configuration['FullRepositoryId'] ?? ''] : [],
      );
  }

  delete(name: string): void {
    this.pipelines.delete(name);
  }

  /** Starts what pushed refs trigger, in their order. */
  pushed(refs: readonly PushedRef[]): readonly Started[] {
    return refs.flatMap(({ repository, ref, commit }) => {
      const tag = /^refs\/tags\/(.+)$/.exec(ref)?.[1];
      if (tag === undefined) return [];
      return this.pipelines.values().flatMap((pipeline) => {
        if (!this.repositories(pipeline).includes(repository) || !startsOn(pipeline.structure, tag)) return [];
        const revisions = Object.fromEntries(pipeline.structure.triggers.map((each) => [each.sourceAction, commit]));
        const executionId = this.start(pipeline, { trigger: { type: 'WebhookV2', detail: ref }, tag, revisions });
        return [{ pipeline: pipeline.structure.name, tag, executionId }];
      });
    });
  }

  private start({ structure, version }: Pipeline, options: StartOptions): string {
    const now = this.account.clock.now().getTime();
    const id = this.account.newId();
    this.engine.begin({
      id,
      pipeline: structure.name,
      version,
      structure,
      status: 'InProgress',
      started: now,
      updated: now,
      trigger: options.trigger,
      revisions: options.revisions ?? {},
      variables: { ...structure.variables, ...options.variables },
      stages: {},
      actions: [],
      ...(options.tag === undefined ? {} : { tag: options.tag }),
      ...(options.token === undefined ? {} : { token: options.token }),
    });
    return id;
  }

  private startByHand(input: Body, call: Call): Body {
    const pipeline = this.get(text(input, 'name'));
    const token = optionalText(input, 'clientRequestToken');
    const same = this.engine.of(pipeline.structure.name).find((each) => token !== undefined && each.token === token);
    if (same !== undefined) return { pipelineExecutionId: same.id };
    const variables = Object.fromEntries(
      bodies(input, 'variables').map((each) => [text(each, 'name'), text(each, 'value')]),
    );
    const unknown = Object.keys(variables).filter((name) => !(name in pipeline.structure.variables));
    if (unknown.length > 0)
      throw new AwsError(
        'ValidationException',
        `${pipeline.structure.name} declares no variable ${unknown.join(', ')}`,
      );
    const revisions = Object.fromEntries(
      bodies(input, 'sourceRevisions').map((each) => {
        if (text(each, 'revisionType') !== 'COMMIT_ID')
          throw new Unsupported(`source revisions of type ${text(each, 'revisionType')}`);
        return [text(each, 'actionName'), text(each, 'revisionValue')];
      }),
    );
    const trigger = { type: 'StartPipelineExecution', detail: call.principal.arn };
    const id = this.start(pipeline, { trigger, revisions, variables, ...(token === undefined ? {} : { token }) });
    return { pipelineExecutionId: id };
  }

  private stop(input: Body): Body {
    const id = text(input, 'pipelineExecutionId');
    this.engine.requestStop(id, optionalFlag(input, 'abandon') ?? false, optionalText(input, 'reason') ?? '');
    return { pipelineExecutionId: id };
  }

  private answer(input: Body, call: Call): Body {
    const result = body(input, 'result');
    const status = text(result, 'status');
    if (status !== 'Approved' && status !== 'Rejected')
      throw new AwsError('ValidationException', `'${status}' is no answer; allowed: Approved, Rejected`);
    this.engine.answer(text(input, 'token'), {
      approved: status === 'Approved',
      summary: optionalText(result, 'summary') ?? '',
      by: call.principal.arn,
    });
    return { approvedAt: this.account.clock.now() };
  }

  private retry(input: Body): Body {
    const id = text(input, 'pipelineExecutionId');
    this.engine.retry(id, text(input, 'stageName'));
    return { pipelineExecutionId: id };
  }

  private get(name: string): Pipeline {
    const found = this.find(name);
    if (found === undefined) throw notFound(name);
    return found;
  }

  private describe(name: string): Body {
    const { structure, version, arn, created, updated } = this.get(name);
    return {
      pipeline: { ...structure.declaration, version },
      metadata: { pipelineArn: arn, created: new Date(created), updated: new Date(updated) },
    };
  }

  private describeExecution(input: Body): Body {
    const id = text(input, 'pipelineExecutionId');
    const execution = this.engine.get(id);
    if (execution === undefined || execution.pipeline !== text(input, 'pipelineName'))
      throw new AwsError('PipelineExecutionNotFoundException', `there is no execution ${id} of this pipeline`);
    return { pipelineExecution: executionSummary(execution) };
  }

  private listExecutions(input: Body): Body {
    const { structure } = this.get(text(input, 'pipelineName'));
    const most = optionalNumber(input, 'maxResults') ?? 100;
    const all = [...this.engine.of(structure.name)].reverse().slice(0, most);
    return { pipelineExecutionSummaries: all.map(executionSummary) };
  }

  private listActions(input: Body): Body {
    const { structure } = this.get(text(input, 'pipelineName'));
    const only = optionalText(body(input, 'filter'), 'pipelineExecutionId');
    const executions = this.engine.of(structure.name).filter(({ id }) => only === undefined || id === only);
    return {
      actionExecutionDetails: executions
        .flatMap((execution) => execution.actions.map((run) => actionDetail(execution, run)))
        .reverse(),
    };
  }
}

const notFound = (name: string): AwsError =>
  new AwsError('PipelineNotFoundException', `Account does not have a pipeline with name '${name}'`);
