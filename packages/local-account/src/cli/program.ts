import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { Account } from '../account';
import { clientEnvironment } from '../client-environment';
import { AccountError } from '../core/account-error';
import { AccountKeys } from '../core/account-keys';
import { signedFetch } from '../core/signed-fetch';
import { holdsState } from '../core/state-lock';
import { isNews, traceLine } from '../core/trace-line';
import { repairState } from '../repair';

/** Where the program reads and writes, apart from the state folder. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

interface ClockState {
  readonly now: string;
  readonly pending: readonly { readonly name: string; readonly at: string }[];
}

/** The program `mooring-account`: the account on its own, without Mooring. */
class Program {
  readonly command = new Command('mooring-account')
    .description('An AWS account on this machine, for the unmodified CDK, AWS CLI and SDKs.')
    .option('--state <folder>', "folder of the account's state", '.mooring-account')
    .showHelpAfterError()
    .exitOverride();

  constructor(private readonly around: Surroundings) {
    this.addUp();
    this.addEnv();
    this.addStatus();
    this.addClock();
    this.addReset();
    this.addRepair();
    for (const command of this.command.commands) command.exitOverride();
  }

  private addUp(): void {
    this.command
      .command('up')
      .description('run the account in the foreground, until Ctrl-C')
      .option('--port <port>', 'port on 127.0.0.1 to listen on; 0 takes a free one', port, 4566)
      .option('--python <program>', 'interpreter for jobs and model servers', 'python3')
      .option('--quiet', 'do not print what happens in the account')
      .action((options: { port: number; python: string; quiet?: boolean }) => this.up(options));
  }

  private async up(options: { port: number; python: string; quiet?: boolean }): Promise<void> {
    const { env } = this.around;
    const account = new Account({ folder: this.state, port: options.port, python: options.python, env });
    await account.start();
    this.print(`local account on ${account.endpointUrl()} (state in ${this.state})`);
    this.print(
      'in another terminal:  eval "$(npx mooring-account env)"   then cdk, aws or boto3 as usual; Ctrl-C ends it',
    );
    if (options.quiet !== true)
      account.trace.subscribe((record) => (isNews(record) ? this.print(traceLine(record)) : undefined));
    await new Promise<void>((done) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
    });
    await account.stop();
  }

  private addEnv(): void {
    this.command
      .command('env')
      .description('print the shell exports for the running account: eval "$(npx mooring-account env)"')
      .option('--json', 'print them as a JSON object')
      .action(({ json }: { json?: boolean }) => {
        const variables = clientEnvironment(this.connection());
        if (json === true) return this.print(JSON.stringify(variables, undefined, 2));
        for (const [name, value] of Object.entries(variables)) this.print(`export ${name}='${value}'`);
      });
  }

  private addStatus(): void {
    this.command
      .command('status')
      .description('whether the account runs, where, and its virtual time')
      .action(async () => {
        const running = Account.running(this.state);
        if (running === undefined) return this.print(`no account runs on ${this.state}`);
        const { now } = (await this.control('GET', '/_local/clock')) as ClockState;
        this.print(`${running.url}  process ${running.pid}  state in ${this.state}\nvirtual time ${now}`);
      });
  }

  private addClock(): void {
    const clock = this.command.command('clock').description('the virtual clock: schedules, alarms and waits follow it');
    clock
      .command('now', { isDefault: true })
      .description('print the virtual time and what waits for it')
      .action(async () => this.printClock((await this.control('GET', '/_local/clock')) as ClockState));
    clock
      .command('advance')
      .description('pass virtual time: everything due on the way happens, in order, before the command returns')
      .argument('<duration>', 'such as 90s, 15m, 1h, 2d')
      .action(async (duration: string) =>
        this.printClock((await this.control('POST', '/_local/clock', { duration })) as ClockState),
      );
  }

  private addReset(): void {
    this.command
      .command('reset')
      .description('delete the state: stacks, objects, models, metrics')
      .action(() => {
        const { state } = this;
        if (Account.running(state) !== undefined)
          throw new AccountError(`the account runs on ${state}; stop it first (Ctrl-C in its terminal), then reset`);
        if (!existsSync(state)) return this.print(`nothing to delete: there is no ${state}`);
        if (!holdsState(state)) throw new AccountError(`${state} is not the state of an account; nothing was deleted`);
        rmSync(state, { recursive: true, force: true });
        this.print(`deleted ${state}`);
      });
  }

  private addRepair(): void {
    this.command
      .command('repair')
      .description('move what cannot be read to files named .damaged; keep the rest')
      .option('--dry-run', 'only list what is damaged')
      .action(({ dryRun }: { dryRun?: boolean }) => {
        if (!holdsState(this.state)) throw new AccountError(`${this.state} is not the state of an account`);
        const findings = repairState(this.state, dryRun !== true);
        for (const { file, line, problem } of findings)
          this.print(`${file}${line === undefined ? '' : `, line ${line}`}: ${problem}`);
        this.print(`${findings.length} found${dryRun === true ? '; nothing was changed' : ''}`);
      });
  }

  private get state(): string {
    return resolve(this.command.opts<{ state: string }>().state);
  }

  private connection(): { readonly endpoint: string; readonly keys: AccountKeys['administrator'] } {
    const running = Account.running(this.state);
    if (running === undefined)
      throw new AccountError(`no account runs on ${this.state}; start one in another terminal: npx mooring-account up`);
    return { endpoint: running.url, keys: AccountKeys.read(this.state).administrator };
  }

  /** Calls one of the account's own routes. @throws AccountError with its answer. */
  private async control(method: 'GET' | 'POST', path: string, input?: object): Promise<unknown> {
    const { endpoint, keys } = this.connection();
    const headers = { 'content-type': 'application/json' };
    const body = input === undefined ? {} : { headers, body: JSON.stringify(input) };
    const response = await signedFetch(`${endpoint}${path}`, keys, { method, ...body });
    const answer = (await response.json()) as { readonly message?: string };
    if (!response.ok) throw new AccountError(answer.message ?? `${method} ${path} answered ${response.status}`);
    return answer;
  }

  private printClock({ now, pending }: ClockState): void {
    this.print([now, ...pending.map((each) => `  ${each.at}  ${each.name}`)].join('\n'));
  }

  private print(text: string): void {
    this.around.stdout.write(`${text}\n`);
  }
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('a whole number from 0 to 65535 is needed.');
  return value;
}

/** Runs one command line. @returns the exit code: 0 good, 1 failed, 2 wrong usage. */
export async function main(argv: readonly string[], around: Surroundings): Promise<number> {
  try {
    await new Program(around).command.parseAsync([...argv]);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const expected = error instanceof AccountError;
    const text = expected || !(error instanceof Error) ? String(error).replace('AccountError: ', '') : error.stack;
    around.stderr.write(`${text}\n`);
    return 1;
  }
}
