import type { Check, Collection } from './store';

/** The saved offset is a number of milliseconds. */
export const clockCheck: Check = (value) =>
  Number.isFinite(value) ? undefined : `is ${JSON.stringify(value)?.slice(0, 40)}, not a number of milliseconds`;

interface Timer {
  readonly at: number;
  readonly name: string;
  readonly fire: () => void | Promise<void>;
  readonly order: number;
}

/**
 * The account's virtual clock: real time plus an offset that only {@link Clock.advance} moves.
 *
 * Timers are virtual. Between two advances they fire as real time passes; during an advance the clock jumps from timer
 * to timer, fires each at exactly its instant and waits until the work it started has settled, so a day of hourly
 * monitoring takes as long as its work and always happens in the same order.
 */
export class Clock {
  private offset: number;
  private frozenAt: number | undefined;
  private timers: Timer[] = [];
  private order = 0;
  private wake: ReturnType<typeof setTimeout> | undefined;
  private readonly work = new Set<Promise<unknown>>();
  private advancing: Promise<void> = Promise.resolve();
  /** Where {@link advance} skipped time: instant of the machine's clock, and milliseconds skipped in all up to it. */
  private readonly skips: { readonly at: number; readonly total: number }[] = [];

  constructor(
    private readonly saved?: Collection<number>,
    private readonly realNow: () => number = Date.now,
    private readonly machineNow: () => number = Date.now,
    /** Called when work that a timer started has failed: nobody waits for its promise. */
    private readonly failed: (timer: string, error: unknown) => void = () => undefined,
  ) {
    this.offset = saved?.get('offset') ?? 0;
  }

  now(): Date {
    return new Date(this.milliseconds());
  }

  /** How many milliseconds {@link advance} skipped since an instant of the machine's clock; of a previous process: none. */
  movedSince(machineTime: number): number {
    const before = this.skips.findLast(({ at }) => at <= machineTime)?.total ?? 0;
    return (this.skips.at(-1)?.total ?? 0) - before;
  }

  /** Calls back at a virtual instant; the returned function cancels. */
  at(when: Date, name: string, fire: () => void | Promise<void>): () => void {
    this.order += 1;
    const timer: Timer = { at: when.getTime(), name, fire, order: this.order };
    this.timers.push(timer);
    this.timers.sort((a, b) => a.at - b.at || a.order - b.order);
    this.arm();
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
      this.arm();
    };
  }

  after(milliseconds: number, name: string, fire: () => void | Promise<void>): () => void {
    return this.at(new Date(this.milliseconds() + milliseconds), name, fire);
  }

  /** Registers work that an advance has to wait for. */
  track<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.work.add(settled);
    void settled.then(() => this.work.delete(settled));
    return work;
  }

  /** Resolves when no tracked work is left, including work that such work started. */
  async settled(): Promise<void> {
    while (this.work.size > 0) {
      await Promise.all([...this.work]);
      await new Promise((done) => setImmediate(done));
    }
  }

  /** Timers that are waiting: name and instant, soonest first. */
  pending(): readonly { readonly name: string; readonly at: Date }[] {
    return this.timers.map((each) => ({ name: each.name, at: new Date(each.at) }));
  }

  /** Moves virtual time on, firing every timer on the way; advances queue behind each other. */
  advance(milliseconds: number): Promise<void> {
    const next = this.advancing.then(() => this.advanceNow(milliseconds));
    this.advancing = next.catch(() => undefined);
    return next;
  }

  stop(): void {
    this.timers = [];
    this.arm();
  }

  private milliseconds(): number {
    return this.frozenAt ?? this.realNow() + this.offset;
  }

  private async advanceNow(milliseconds: number): Promise<void> {
    await this.settled();
    const target = this.milliseconds() + milliseconds;
    this.frozenAt = this.milliseconds();
    try {
      for (let next = this.timers[0]; next !== undefined && next.at <= target; next = this.timers[0]) {
        this.skipTo(Math.max(next.at, this.frozenAt));
        this.fire(next);
        await this.settled();
      }
      this.skipTo(target);
      await this.settled();
    } finally {
      this.offset = (this.frozenAt ?? target) - this.realNow();
      this.frozenAt = undefined;
      this.arm();
      this.saved?.put('offset', this.offset);
    }
  }

  private skipTo(instant: number): void {
    const skipped = instant - (this.frozenAt ?? instant);
    this.frozenAt = instant;
    if (skipped > 0) this.skips.push({ at: this.machineNow(), total: (this.skips.at(-1)?.total ?? 0) + skipped });
  }

  private fire(timer: Timer): void {
    this.timers = this.timers.filter((each) => each !== timer);
    void this.track(
      Promise.resolve()
        .then(timer.fire)
        .catch((error: unknown) => this.failed(timer.name, error)),
    );
  }

  /** Sleeps until the first timer is due in real time. During an advance the advance itself fires. */
  private arm(): void {
    clearTimeout(this.wake);
    this.wake = undefined;
    const next = this.timers[0];
    if (next === undefined || this.frozenAt !== undefined) return;
    const wait = Math.min(Math.max(next.at - this.milliseconds(), 0), 2 ** 31 - 1);
    this.wake = setTimeout(() => {
      if (this.frozenAt !== undefined) return;
      for (let due = this.timers[0]; due !== undefined && due.at <= this.milliseconds(); due = this.timers[0])
        this.fire(due);
      this.arm();
    }, wait);
    this.wake.unref();
  }
}
