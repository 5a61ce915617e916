import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { UserError } from '@mooring/use-case/errors';
import type { Project } from '../shared/project';
import { clientEnvironment, type Connection } from '../shared/clients';

/** Called for each line the CDK CLI prints. */
export type Follow = (line: string) => void;

function run(
  project: Project,
  what: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  follow: Follow,
): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(project.root, 'node_modules/aws-cdk/bin/cdk'), ...args], {
      cwd: project.root,
      env: { ...process.env, CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const tail: string[] = [];
    const take = (chunk: Buffer): void => {
      for (const line of chunk.toString().split('\n')) {
        if (line.trim() === '' || /node.*(deprecat|end-of-life|support)/i.test(line)) continue;
        tail.push(line);
        if (tail.length > 40) tail.shift();
        follow(line);
      }
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0
        ? done()
        : fail(new UserError(`cdk ${what} failed (exit code ${code ?? 'none'}):\n${tail.join('\n')}`)),
    );
  });
}

/** Synthesizes the assembly; `useCases` narrows it. The template validator runs as a check in CI, not on every synth. */
export function synth(project: Project, useCases: readonly string[], follow: Follow = () => undefined): Promise<void> {
  const context = useCases.length === 0 ? [] : ['-c', `useCases=${useCases.join(',')}`];
  return run(
    project,
    'synth',
    ['synth', '--quiet', '--no-notices', '--output', project.assembly, ...context],
    { CDK_VALIDATION: 'false' },
    follow,
  );
}

/** Deploys stacks of an assembly to the account at `connection`, with the unmodified CDK CLI. */
export function deploy(
  project: Project,
  connection: Connection,
  stacks: readonly string[],
  follow: Follow = () => undefined,
): Promise<void> {
  const which = stacks.length === 0 ? ['--all'] : stacks;
  const args = [
    'deploy',
    ...which,
    '--app',
    project.assembly,
    '--require-approval',
    'never',
    '--no-notices',
    '--concurrency',
    '4',
    '--progress',
    'events',
    '--asset-parallelism',
  ];
  return run(project, 'deploy', args, clientEnvironment(connection), follow);
}
