import type { Definition, StepDefinition, Trigger } from './definition/definition';

export type State = 'pending' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'stopped' | 'skipped';

const over: readonly State[] = ['succeeded', 'failed', 'stopped'];

/** States of a needed step that let a step start, by trigger. */
const outcomes: Readonly<Record<Trigger, readonly State[]>> = {
  Completed: ['succeeded'],
  Failed: ['failed'],
  Stopped: ['stopped'],
  Any: over,
};

/** The status of every step of one execution, and which may start next. It knows the graph and nothing of the work. */
export class GraphWalk {
  private readonly states: Map<string, State>;
  private readonly steps: ReadonlyMap<string, StepDefinition>;

  /**
   * @param selected steps of a selective execution; undefined: all.
   * @param outcomeOf how a condition that succeeded came out.
   */
  constructor(
    private readonly definition: Definition,
    private readonly selected: readonly string[] | undefined,
    initial: (step: StepDefinition) => State,
    private readonly outcomeOf: (condition: string) => boolean | undefined,
  ) {
    this.states = new Map(definition.steps.map((each) => [each.name, initial(each)]));
    this.steps = new Map(definition.steps.map((each) => [each.name, each]));
  }

  state(name: string): State {
    return this.states.get(name) ?? 'pending';
  }

  set(name: string, state: State): void {
    this.states.set(name, state);
  }

  step(name: string): StepDefinition {
    const step = this.steps.get(name);
    if (step === undefined) throw new Error(`no step ${name}`);
    return step;
  }

  names(state: State): readonly string[] {
    return [...this.states].filter(([, each]) => each === state).map(([name]) => name);
  }

  /** Steps that may start, in the order of the definition. After a failure only those that wait for one. */
  startable(failed: boolean): readonly StepDefinition[] {
    this.skip();
    const ready = this.definition.steps.filter((step) => {
      if (this.state(step.name) !== 'pending' || (failed && !this.handlesFailure(step))) return false;
      return step.needs.every((need) => !this.isSelected(need) || this.satisfied(step, need));
    });
    // A Fail step ends the execution: what becomes ready in the same moment, after the same condition, must not start.
    const ending = ready.filter((step) => step.type === 'Fail');
    return ending.length > 0 ? ending : ready;
  }

  /** Every failed step had a step that waited for its failure and succeeded. */
  allFailuresHandled(): boolean {
    return this.names('failed').every((name) =>
      this.definition.steps.some(
        (each) =>
          this.state(each.name) === 'succeeded' && ['Failed', 'Any'].includes(each.triggers[name] ?? 'Completed'),
      ),
    );
  }

  /** Steps of branches that were not taken, and whatever needs them, never start. */
  private skip(): void {
    for (let changed = true; changed;) {
      changed = false;
      for (const step of this.definition.steps) {
        if (this.state(step.name) !== 'pending') continue;
        if (this.isSelected(step.name) && !this.blocked(step)) continue;
        this.set(step.name, 'skipped');
        changed = true;
      }
    }
  }

  private blocked(step: StepDefinition): boolean {
    const { branch } = step;
    if (branch !== undefined && this.isSelected(branch.condition) && this.state(branch.condition) === 'succeeded') {
      if (this.outcomeOf(branch.condition) !== branch.outcome) return true;
    }
    return step.needs.some((need) => {
      const state = this.state(need);
      if (state === 'skipped') return this.isSelected(need);
      // What waits for a failure never starts once there was none.
      return (
        (step.triggers[need] ?? 'Completed') !== 'Completed' && over.includes(state) && !this.satisfied(step, need)
      );
    });
  }

  private satisfied(step: StepDefinition, need: string): boolean {
    return outcomes[step.triggers[need] ?? 'Completed'].includes(this.state(need));
  }

  /** Whether a step waits for a failure that happened, or hangs below one that did. */
  private handlesFailure(step: StepDefinition): boolean {
    return step.needs.some((need) => {
      const trigger = step.triggers[need] ?? 'Completed';
      if (trigger !== 'Completed') return this.state(need) === 'failed' && this.satisfied(step, need);
      return this.state(need) === 'succeeded' && this.handlesFailure(this.step(need));
    });
  }

  private isSelected(name: string): boolean {
    return this.selected === undefined || this.selected.includes(name);
  }
}
