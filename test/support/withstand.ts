/** `npm test -- withstand` runs the long way; the gate a short one. */
export const isLong = process.env['MOORING_WITHSTAND'] === 'long';

/** How many tries of a kind. */
export const tries = (long: number, short: number): number => (isLong ? long : short);

/** Counts what was tried, and prints it where a person looks for it. */
export class Tally {
  private tried = 0;
  readonly failures: string[] = [];

  constructor(private readonly what: string) {}

  /** One try; a complaint is a failure. */
  async attempt(name: string, work: () => Promise<string | undefined> | string | undefined): Promise<void> {
    this.tried += 1;
    try {
      const complaint = await work();
      if (complaint !== undefined) this.failures.push(`${name}: ${complaint}`);
    } catch (error) {
      this.failures.push(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }

  print(): void {
    const failed = this.failures.length;
    process.stderr.write(
      `withstand: ${this.what}: ${this.tried} tried, ${this.tried - failed} survived, ${failed} failed\n`,
    );
    for (const failure of this.failures) process.stderr.write(`  ${failure}\n`);
  }
}

/** Milliseconds of processor time that this process has used: a machine that is busy with others makes nothing slower. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
