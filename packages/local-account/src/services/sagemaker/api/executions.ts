import { notFound, validation } from '../../../core/errors';
import { bodies, body, optionalNumber, optionalText, text } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body, Operation } from '../../../core/service';
import type { Collection } from '../../../core/store';
import type { Definition } from '../runtime/pipelines/definition/definition';
import { references } from '../runtime/pipelines/definition/expression';
import { parameterValues } from '../runtime/pipelines/definition/parameters';
import type { ExecutionRecord, ExecutionRecords, StepRecord } from '../runtime/pipelines/execution-record';
import { experimentOf } from '../runtime/pipelines/execution-scope';
import type { Executor } from '../runtime/pipelines/executor';
import { imageOf } from '../runtime/jobs/image';
import { knownImage } from '../runtime/jobs/stand-in';
import type { PendingCallback } from '../runtime/pipelines/runners/message-steps';
import { describeExecution, describeStep } from './execution-shapes';
import { listPage, page } from './listing';
import type { Pipelines } from './pipelines';

export interface ExecutionParts {
  readonly account: AccountParts;
  readonly pipelines: Pipelines;
  readonly records: ExecutionRecords;
  readonly executor: Executor;
  readonly callbacks: Collection<PendingCallback>;
}

/** Executions of pipelines as the API shows them. */
export class Executions {
  readonly operations: Readonly<Record<string, Operation>> = {
    StartPipelineExecution: (input) => this.start(input),
    DescribePipelineExecution: (input) => describeExecution(this.get(text(input, 'PipelineExecutionArn'))),
    DescribePipelineDefinitionForExecution: (input) => this.definition(text(input, 'PipelineExecutionArn')),
    ListPipelineExecutions: (input) => this.list(input),
    ListPipelineExecutionSteps: (input) => this.steps(input),
    ListPipelineParametersForExecution: (input) => this.parameters(input),
    UpdatePipelineExecution: (input) => this.rename(input),
    StopPipelineExecution: (input) => this.stop(text(input, 'PipelineExecutionArn')),
    RetryPipelineExecution: (input) => this.retry(input),
    SendPipelineExecutionStepSuccess: (input) => this.answer(input, true),
    SendPipelineExecutionStepFailure: (input) => this.answer(input, false),
  };

  constructor(private readonly parts: ExecutionParts) {}

  /** @throws AwsError ResourceNotFound. */
  get(arn: string): ExecutionRecord {
    const record = this.parts.records.execution(arn);
    if (record === undefined) throw notFound(`Pipeline execution '${arn}'`);
    return record;
  }

  private start(input: Body): Body {
    const { account, pipelines, records, executor } = this.parts;
    const pipeline = pipelines.get(text(input, 'PipelineName'));
    const token = optionalText(input, 'ClientRequestToken');
    if (token !== undefined && (token.length < 32 || token.length > 128))
      throw validation('ClientRequestToken must have 32 to 128 characters');
    const known = records.executions
      .values()
      .find((each) => each.token === token && each.pipelineArn === pipeline.PipelineArn);
    if (token !== undefined && known !== undefined) return { PipelineExecutionArn: known.arn };
    const versionId = optionalNumber(input, 'PipelineVersionId') ?? pipeline.version;
    const hash = pipelines.definition(pipeline, versionId);
    const definition = this.parsed(hash);
    const given = new Map(
      bodies(input, 'PipelineParameters').map((each) => [text(each, 'Name'), optionalText(each, 'Value') ?? '']),
    );
    const values = parameterValues(definition, given);
    this.checkImages(definition, values);
    const id = account.newId().replaceAll('-', '').slice(0, 12);
    const arn = `${pipeline.PipelineArn}/execution/${id}`;
    const selective = this.selection(definition, input);
    const maxParallel =
      optionalNumber(body(input, 'ParallelismConfiguration'), 'MaxParallelExecutionSteps') ??
      optionalNumber(body(pipeline, 'ParallelismConfiguration'), 'MaxParallelExecutionSteps');
    const now = account.clock.now().toISOString();
    const description = optionalText(input, 'PipelineExecutionDescription');
    const parameters = Object.fromEntries(values);
    const record: ExecutionRecord = {
      arn,
      id,
      pipelineArn: pipeline.PipelineArn,
      pipelineName: pipeline.PipelineName,
      roleArn: pipeline.RoleArn,
      definition: hash,
      displayName: optionalText(input, 'PipelineExecutionDisplayName') ?? `execution-${account.clock.now().getTime()}`,
      ...(description === undefined ? {} : { description }),
      parameters,
      ...(definition.experiment === undefined
        ? {}
        : { experiment: experimentOf(definition, { pipelineName: pipeline.PipelineName, id, parameters }) }),
      status: 'Executing',
      startTime: now,
      modifiedTime: now,
      versionId,
      ...(maxParallel === undefined ? {} : { maxParallel }),
      ...(token === undefined ? {} : { token }),
      ...(selective === undefined ? {} : { selective }),
    };
    records.executions.put(arn, record);
    if (selective !== undefined) this.reuse(definition, record);
    pipelines.ran(pipeline.PipelineName, versionId, arn);
    executor.start(record);
    return { PipelineExecutionArn: arn };
  }

  private parsed(hash: string): Definition {
    return this.parts.executor.definitionOf({ definition: hash } as ExecutionRecord);
  }

  /** Refuses an image this machine does not have before anything starts, as far as parameters tell it. */
  private checkImages(definition: Definition, values: ReadonlyMap<string, unknown>): void {
    for (const step of definition.steps) {
      const args = step.arguments as Body;
      const training = body(args, 'AlgorithmSpecification')['TrainingImage'];
      const image = body(args, 'AppSpecification')['ImageUri'] ?? training;
      const check = (uri: string): unknown =>
        training === undefined ? knownImage(uri, this.parts.account.findPeer('images')) : imageOf(uri);
      if (typeof image === 'string') check(image);
      const reference = (image as { readonly Get?: string } | undefined)?.Get;
      const value =
        reference?.startsWith('Parameters.') === true ? values.get(reference.slice('Parameters.'.length)) : undefined;
      if (typeof value === 'string') check(value);
    }
  }

  private selection(definition: Definition, input: Body): ExecutionRecord['selective'] {
    const config = body(input, 'SelectiveExecutionConfig');
    const steps = bodies(config, 'SelectedSteps').map((each) => text(each, 'StepName'));
    if (steps.length === 0) return undefined;
    const names = definition.steps.map((each) => each.name);
    const unknown = steps.filter((each) => !names.includes(each));
    if (unknown.length > 0)
      throw validation(`SelectedSteps names ${unknown.join(', ')}; the pipeline has: ${names.join(', ')}`);
    const source = optionalText(config, 'SourcePipelineExecutionArn');
    const problems = definition.steps
      .filter((each) => steps.includes(each.name))
      .flatMap((step) => {
        const needed = references(step.raw).flatMap((each) =>
          each.kind === 'step' && !steps.includes(each.step) ? [each.step] : [],
        );
        if (needed.length === 0) return [];
        if (source === undefined)
          return [
            `step '${step.name}' reads ${[...new Set(needed)].join(', ')}, so SourcePipelineExecutionArn is needed`,
          ];
        const missing = needed.filter(
          (name) => this.parts.records.step(this.get(source).arn, name)?.status !== 'Succeeded',
        );
        return missing.length === 0
          ? []
          : [`step '${step.name}' reads ${missing.join(', ')}, which did not succeed in ${source}`];
      });
    if (problems.length > 0) throw validation(problems.join('; '));
    return { steps, ...(source === undefined ? {} : { source }) };
  }

  /** Copies the results of steps that are not selected from the source execution. */
  private reuse(definition: Definition, record: ExecutionRecord): void {
    const { source, steps } = record.selective ?? { steps: [] };
    if (source === undefined) return;
    for (const step of definition.steps) {
      const known = this.parts.records.step(source, step.name);
      if (steps.includes(step.name) || known?.status !== 'Succeeded') continue;
      this.parts.records.putStep({ ...known, execution: record.arn, reusedFrom: source });
    }
  }

  private definition(arn: string): Body {
    const record = this.get(arn);
    return {
      PipelineDefinition: this.parts.records.definitions.get(record.definition) ?? '',
      CreationTime: record.startTime,
    };
  }

  private list(input: Body): Body {
    const { PipelineArn: pipeline } = this.parts.pipelines.get(text(input, 'PipelineName'));
    const own = this.parts.records.executions.values().filter((each) => each.pipelineArn === pipeline);
    return listPage(
      own.map((each) => ({
        ...describeExecution(each),
        StartTime: each.startTime,
        PipelineExecutionFailureReason: each.failureReason,
      })),
      { ...input, SortBy: input['SortBy'] === 'PipelineExecutionArn' ? 'Name' : 'CreationTime' },
      { name: 'PipelineExecutionArn', list: 'PipelineExecutionSummaries' },
    );
  }

  private steps(input: Body): Body {
    const record = this.get(text(input, 'PipelineExecutionArn'));
    const shown = [...this.parts.records.steps(record.arn)].sort(
      (a: StepRecord, b: StepRecord) => Date.parse(a.startTime) - Date.parse(b.startTime),
    );
    // The service lists the newest step first unless asked otherwise.
    if (optionalText(input, 'SortOrder') !== 'Ascending') shown.reverse();
    return page(shown.map(describeStep), input, 'PipelineExecutionSteps');
  }

  private parameters(input: Body): Body {
    const record = this.get(text(input, 'PipelineExecutionArn'));
    const list = Object.entries(record.parameters).map(([Name, value]) => ({
      Name,
      Value: typeof value === 'string' ? value : JSON.stringify(value),
    }));
    return page(list, input, 'PipelineParameters');
  }

  private rename(input: Body): Body {
    const record = this.get(text(input, 'PipelineExecutionArn'));
    const displayName = optionalText(input, 'PipelineExecutionDisplayName') ?? record.displayName;
    const description = optionalText(input, 'PipelineExecutionDescription') ?? record.description;
    this.parts.records.change(record.arn, { displayName, ...(description === undefined ? {} : { description }) });
    return { PipelineExecutionArn: record.arn };
  }

  private stop(arn: string): Body {
    const record = this.get(arn);
    if (record.status !== 'Executing')
      throw validation(
        `Pipeline execution with ARN ${arn} is ${record.status}; only an execution that is Executing can be stopped`,
      );
    this.parts.executor.stop(arn);
    return { PipelineExecutionArn: arn };
  }

  /** Runs a failed or stopped execution again, keeping what succeeded. */
  private retry(input: Body): Body {
    const { account, records, executor } = this.parts;
    const record = this.get(text(input, 'PipelineExecutionArn'));
    if (record.status !== 'Failed' && record.status !== 'Stopped')
      throw validation(
        `Pipeline execution with ARN ${record.arn} is ${record.status}; only one that is Failed or Stopped can be retried`,
      );
    for (const step of records.steps(record.arn))
      if (step.status !== 'Succeeded') records.deleteStep(record.arn, step.name);
    const { failureReason: _reason, endTime: _end, ...kept } = record;
    const again: ExecutionRecord = { ...kept, status: 'Executing', modifiedTime: account.clock.now().toISOString() };
    records.executions.put(record.arn, again);
    executor.start(again);
    return { PipelineExecutionArn: record.arn };
  }

  private answer(input: Body, succeeded: boolean): Body {
    const token = text(input, 'CallbackToken');
    const pending = this.parts.callbacks.get(token);
    const record = pending === undefined ? undefined : this.parts.records.execution(pending.execution);
    if (pending === undefined || (record?.status !== 'Executing' && record?.status !== 'Stopping'))
      throw notFound(`A callback step that waits for token '${token}'`);
    const outputs = Object.fromEntries(
      bodies(input, 'OutputParameters').map((each) => [text(each, 'Name'), optionalText(each, 'Value') ?? '']),
    );
    if (succeeded) this.checkOutputs(pending, outputs);
    this.parts.callbacks.delete(token);
    const step = this.parts.records.step(pending.execution, pending.step);
    if (step !== undefined && succeeded) {
      const list = Object.entries(outputs).map(([Name, Value]) => ({ Name, Value }));
      this.parts.records.putStep({
        ...step,
        metadata: { Callback: { ...(step.metadata['Callback'] as Body | undefined), OutputParameters: list } },
      });
    }
    this.parts.executor.complete(
      pending.execution,
      pending.step,
      succeeded
        ? { status: 'Succeeded', properties: { OutputParameters: outputs } }
        : {
            status: 'Failed',
            failureReason: optionalText(input, 'FailureReason') ?? 'the consumer of the callback reported a failure',
          },
    );
    return { PipelineExecutionArn: pending.execution };
  }

  private checkOutputs(pending: PendingCallback, outputs: Readonly<Record<string, string>>): void {
    const step = this.parsed(this.get(pending.execution).definition).steps.find((each) => each.name === pending.step);
    const declared = ((step?.raw['OutputParameters'] ?? []) as readonly Body[]).map((each) =>
      String(each['OutputName']),
    );
    const missing = declared.filter((name) => outputs[name] === undefined);
    if (missing.length > 0)
      throw validation(`OutputParameters lack ${missing.join(', ')}, which step '${pending.step}' declares`);
  }
}
