import type { AccountParts } from '../../../../core/module';
import type { DeploymentPlan } from './deployment-plan';

export interface ShiftObserver {
  /** This share of the requests goes to the new fleet from now on; it bakes for so long. */
  shifted(share: number, bakeSeconds: number): void;
  succeeded(): void;
  /** The old fleet has to take over again. */
  rolledBack(reason: string): void;
}

/**
 * Moves traffic in the stages of a plan and watches the alarms while each of them bakes. Waits are virtual timers.
 */
export class TrafficShift {
  private cancel: (() => void) | undefined;
  private unsubscribe: (() => void) | undefined;
  private cancelTimeout: (() => void) | undefined;
  private over = false;

  constructor(
    private readonly account: AccountParts,
    private readonly name: string,
    private readonly plan: DeploymentPlan,
    private readonly observer: ShiftObserver,
  ) {}

  start(): void {
    this.unsubscribe = this.account.findPeer('alarms')?.onChange((alarm, state) => {
      if (state === 'ALARM' && this.plan.alarms.includes(alarm)) this.rollBack(`alarm '${alarm}' went to ALARM`);
    });
    this.cancelTimeout = this.account.clock.after(
      this.plan.timeoutSeconds * 1000,
      `deployment timeout of endpoint ${this.name}`,
      () =>
        this.rollBack(
          `the deployment took longer than its MaximumExecutionTimeoutInSeconds (${this.plan.timeoutSeconds})`,
        ),
    );
    this.stage(0);
  }

  /** Ends it without an outcome: the endpoint or the account goes away. */
  abandon(): void {
    this.over = true;
    this.cancel?.();
    this.cancelTimeout?.();
    this.unsubscribe?.();
  }

  private stage(index: number): void {
    if (this.over) return;
    const firing = this.plan.alarms.find((each) => this.account.findPeer('alarms')?.stateOf(each) === 'ALARM');
    if (firing !== undefined) {
      this.rollBack(`alarm '${firing}' is in ALARM`);
      return;
    }
    const shift = this.plan.shifts[index];
    if (shift === undefined) {
      this.abandon();
      this.observer.succeeded();
      return;
    }
    this.observer.shifted(shift.share, shift.waitSeconds);
    if (shift.waitSeconds === 0) this.stage(index + 1);
    else
      this.cancel = this.account.clock.after(shift.waitSeconds * 1000, `baking of endpoint ${this.name}`, () =>
        this.stage(index + 1),
      );
  }

  private rollBack(reason: string): void {
    if (this.over) return;
    this.abandon();
    this.observer.rolledBack(reason);
  }
}
