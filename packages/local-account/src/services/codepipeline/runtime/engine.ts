import { AwsError, messageOf } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import type { Collection } from '../../../core/store';
import { ExpressionTimeout } from '../../../core/expression';
import { Actions, type Outcome } from './actions';
import { type Approval, Rejection } from './approval';
import { type ActionRun, type Execution, lastRun, type StageStatus } from './records';
import type { ActionDeclaration, EntryRule, StageDeclaration } from './structure';
import { compare, resolveVariables } from './variables';

declare module '../../../core/trace' {
  interface TraceEvents {
    'release.stage': {
      readonly pipeline: string;
      readonly execution: string;
      readonly stage: string;
      readonly status: string;
      readonly reason?: string;
    };
    'release.action': {
      readonly pipeline: string;
      readonly execution: string;
      readonly stage: string;
      readonly action: string;
      readonly status: string;
      readonly reason?: string;
    };
  }
}

/**
 * Runs executions stage by stage. In mode QUEUED a stage holds one execution at a time, and others wait in the order in
 * which they came; an execution that fails or waits leaves the stages before it free.
 *
 * Nothing here is tracked by the clock: an approval may take days, and a step may ask for time to pass.
 */
export class Engine {
  private readonly executions: Collection<Execution>;
  private readonly actions: Actions;
  private readonly stageQueues = new Map<string, Promise<void>>();
  private readonly approvals = new Map<string, (answer: Approval) => void>();
  private stopped = false;

  constructor(private readonly account: AccountParts) {
    this.executions = account.store.collection('codepipeline.executions');
    this.actions = new Actions(account);
  }

  get(id: string): Execution | undefined {
    return this.executions.get(id);
  }

  of(pipeline: string): readonly Execution[] {
    return this.executions.values().filter((each) => each.pipeline === pipeline);
  }

  begin(execution: Execution): void {
    this.executions.put(execution.id, execution);
    void this.run(execution.id);
  }

  /** Goes on with what was running: approvals wait on; work that a stop interrupted has failed. */
  start(): void {
    for (const execution of this.executions.values()) {
      if (execution.status === 'Stopping') this.finish(execution.id, 'Stopped', execution.reason);
      if (execution.status !== 'InProgress') continue;
      for (const action of execution.actions)
        if (action.status === 'InProgress' && action.token === undefined)
          this.change(execution.id, { ...action, status: 'Failed', error: 'the local account was stopped meanwhile' });
      void this.run(execution.id);
    }
  }

  stop(): void {
    this.stopped = true;
  }

  /** Asks an execution to end after its running actions. @throws AwsError when it has ended already. */
  requestStop(id: string, abandon: boolean, reason: string): void {
    const execution = this.executions.get(id);
    if (execution === undefined)
      throw new AwsError('PipelineExecutionNotFoundException', `there is no execution ${id}`);
    if (execution.status === 'Stopping')
      throw new AwsError('DuplicatedStopRequestException', `${id} is stopping already`);
    if (execution.status !== 'InProgress')
      throw new AwsError('PipelineExecutionNotStoppableException', `${id} is ${execution.status}`);
    this.save({ ...execution, status: 'Stopping', reason });
    const waiting = execution.actions.filter((each) => each.status === 'InProgress' && each.token !== undefined);
    for (const { token = '' } of waiting)
      this.approvals.get(token)?.({ approved: false, summary: `stopped: ${reason}`, by: 'the stop request' });
    if (abandon || !execution.actions.some(({ status }) => status === 'InProgress'))
      if (!Object.values(execution.stages).some(({ status }) => status === 'InProgress'))
        this.finish(id, 'Stopped', reason);
  }

  /** @throws AwsError when nobody asked, or somebody answered already. */
  answer(token: string, approval: Approval): void {
    const answer = this.approvals.get(token);
    if (answer === undefined)
      throw new AwsError('InvalidApprovalTokenException', 'the approval was answered already, or the token is wrong');
    answer(approval);
  }

  /** Runs a failed stage again from its failed actions. @throws AwsError when it did not fail. */
  retry(id: string, stage: string): void {
    const execution = this.executions.get(id);
    if (execution?.stages[stage]?.status !== 'Failed')
      throw new AwsError('StageNotRetryableException', `stage ${stage} of ${id} did not fail`);
    const { [stage]: _failed, ...stages } = execution.stages;
    const { reason: _reason, ...rest } = execution;
    this.save({ ...rest, status: 'InProgress', stages });
    void this.run(id);
  }

  private async run(id: string): Promise<void> {
    const execution = this.mustGet(id);
    for (const stage of execution.structure.stages) {
      const known = this.mustGet(id).stages[stage.name]?.status;
      if (known === 'Succeeded' || known === 'Skipped') continue;
      const release = await this.enter(execution.pipeline, stage.name);
      try {
        if (this.stopped) return;
        if (this.mustGet(id).status === 'Stopping') return this.finish(id, 'Stopped', this.mustGet(id).reason);
        if (this.mustGet(id).status !== 'InProgress') return;
        const status = await this.runStage(id, stage);
        if (this.stopped) return;
        if (this.mustGet(id).status === 'Stopping') return this.finish(id, 'Stopped', this.mustGet(id).reason);
        if (status === 'Failed') return this.finish(id, 'Failed', this.mustGet(id).stages[stage.name]?.reason);
      } finally {
        release();
      }
    }
    this.finish(id, 'Succeeded');
  }

  /** Waits for the stage to be free; the returned function frees it. */
  private async enter(pipeline: string, stage: string): Promise<() => void> {
    const key = `${pipeline}/${stage}`;
    const before = this.stageQueues.get(key) ?? Promise.resolve();
    let free: () => void = () => undefined;
    this.stageQueues.set(key, new Promise((done) => (free = done)));
    await before;
    return free;
  }

  private async runStage(id: string, stage: StageDeclaration): Promise<StageStatus> {
    this.markStage(id, stage.name, 'InProgress');
    try {
      for (const rule of stage.entry) {
        const failed = this.checkEntry(id, rule);
        if (failed === undefined) continue;
        const status = rule.result === 'SKIP' ? 'Skipped' : 'Failed';
        this.markStage(id, stage.name, status, failed);
        return status;
      }
      const orders = [...new Set(stage.actions.map(({ runOrder }) => runOrder))].sort((a, b) => a - b);
      for (const order of orders) {
        if (this.mustGet(id).status === 'Stopping') {
          this.markStage(id, stage.name, 'Stopped');
          return 'Stopped';
        }
        const actions = stage.actions.filter(({ runOrder }) => runOrder === order);
        const failures = (await Promise.all(actions.map((action) => this.runAction(id, stage, action)))).filter(
          (each) => each !== undefined,
        );
        if (this.stopped) return 'InProgress';
        if (failures.length > 0) {
          this.markStage(id, stage.name, 'Failed', failures.join('; '));
          return 'Failed';
        }
      }
    } catch (error) {
      this.markStage(id, stage.name, 'Failed', messageOf(error));
      return 'Failed';
    }
    this.markStage(id, stage.name, 'Succeeded');
    return 'Succeeded';
  }

  /** Why an entry rule does not hold; undefined when it does. */
  private checkEntry(id: string, rule: EntryRule): string | undefined {
    const value = resolveVariables(rule.variable, this.mustGet(id));
    try {
      return compare(rule.operator, value, rule.value)
        ? undefined
        : `${rule.name}: '${value}' is not ${rule.operator} '${rule.value}'`;
    } catch (error) {
      if (error instanceof ExpressionTimeout || error instanceof SyntaxError) return `${rule.name}: ${error.message}`;
      throw error;
    }
  }

  /** @returns why the action failed; undefined when it succeeded, now or before. */
  private async runAction(id: string, stage: StageDeclaration, action: ActionDeclaration): Promise<string | undefined> {
    const before = lastRun(this.mustGet(id), stage.name, action.name);
    if (before?.status === 'Succeeded') return undefined;
    const now = this.account.clock.now().getTime();
    const waiting = before?.status === 'InProgress' && before.token !== undefined ? before : undefined;
    const run: ActionRun = waiting ?? {
      id: this.account.newId(),
      stage: stage.name,
      name: action.name,
      status: 'InProgress',
      started: now,
      updated: now,
      variables: {},
      ...(action.category === 'Approval' ? { token: this.account.newId() } : {}),
    };
    try {
      const execution = this.mustGet(id);
      const configuration = Object.fromEntries(
        Object.entries(action.configuration).map(([key, value]) => [key, resolveVariables(value, execution)]),
      );
      this.change(id, { ...run, configuration });
      const outcome =
        run.token === undefined
          ? await this.actions.run({
              executionId: id,
              structure: execution.structure,
              action,
              configuration,
              ...(execution.revisions[action.name] === undefined ? {} : { revision: execution.revisions[action.name] }),
              ...(execution.tag === undefined ? {} : { tag: execution.tag }),
              note: (externalId) => this.change(id, { ...run, configuration, externalId }),
            })
          : await this.waitForApproval(run.token);
      this.change(id, { ...run, configuration, ...outcome, variables: outcome.variables ?? {}, status: 'Succeeded' });
      return undefined;
    } catch (error) {
      if (this.stopped) return undefined;
      const latest = lastRun(this.mustGet(id), stage.name, action.name) ?? run;
      const by = error instanceof Rejection ? { by: error.by, summary: error.message } : {};
      this.change(id, { ...latest, ...by, status: 'Failed', error: messageOf(error) });
      return `${action.name}: ${messageOf(error)}`;
    }
  }

  private waitForApproval(token: string): Promise<Outcome & { readonly by: string }> {
    return new Promise((done, fail) => {
      this.approvals.set(token, ({ approved, summary, by }) => {
        this.approvals.delete(token);
        if (approved) done({ summary, by });
        else fail(new Rejection(`rejected by ${by}${summary === '' ? '' : `: ${summary}`}`, by));
      });
    });
  }

  private mustGet(id: string): Execution {
    const execution = this.executions.get(id);
    if (execution === undefined)
      throw new AwsError('PipelineExecutionNotFoundException', `there is no execution ${id}`);
    return execution;
  }

  private save(execution: Execution): void {
    if (this.stopped) return;
    this.executions.put(execution.id, { ...execution, updated: this.account.clock.now().getTime() });
  }

  private change(id: string, run: ActionRun): void {
    if (this.stopped) return;
    const execution = this.mustGet(id);
    const updated = { ...run, updated: this.account.clock.now().getTime() };
    const known = execution.actions.some((each) => each.id === run.id);
    const actions = known
      ? execution.actions.map((each) => (each.id === run.id ? updated : each))
      : [...execution.actions, updated];
    this.save({ ...execution, actions });
    this.account.trace.emit('release.action', {
      pipeline: execution.pipeline,
      execution: id,
      stage: run.stage,
      action: run.name,
      status: run.status,
      ...(run.error === undefined ? {} : { reason: run.error }),
    });
  }

  private markStage(id: string, stage: string, status: StageStatus, reason?: string): void {
    if (this.stopped) return;
    const execution = this.mustGet(id);
    const entry = { status, ...(reason === undefined ? {} : { reason }) };
    this.save({ ...execution, stages: { ...execution.stages, [stage]: entry } });
    this.account.trace.emit('release.stage', { pipeline: execution.pipeline, execution: id, stage, ...entry });
  }

  private finish(id: string, status: Execution['status'], reason?: string): void {
    const execution = this.mustGet(id);
    this.save({ ...execution, status, ...(reason === undefined ? {} : { reason }) });
  }
}
