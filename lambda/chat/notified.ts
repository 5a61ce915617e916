/** Lambda repeats a failed event for six hours at most. */
const keptFor = 6 * 3_600_000;

/** Which chat received which message, so that a repeated event skips those that did. */
export class Notified {
  private readonly times = new Map<string, number>();

  /** @param now milliseconds */
  constructor(private readonly now: () => number) {}

  has(message: string, parameter: string): boolean {
    return this.times.has(`${message} ${parameter}`);
  }

  add(message: string, parameter: string): void {
    for (const [key, time] of this.times) if (this.now() - time > keptFor) this.times.delete(key);
    this.times.set(`${message} ${parameter}`, this.now());
  }
}
