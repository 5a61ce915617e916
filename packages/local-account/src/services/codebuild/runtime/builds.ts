import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AwsError, messageOf } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import type { Collection } from '../../../core/store';
import { extractSource, zipFolder } from './artifacts';
import type { Build, BuildRequest } from './build';
import { type BuildSpec, parseBuildSpec } from './buildspec';
import type { Project } from './project';
import { environmentOf } from './environment';
import { byLine, kill } from './process';
import { type Mark, scriptOf } from './script';

declare module '../../../core/trace' {
  interface TraceEvents {
    'build.ended': {
      readonly build: string;
      readonly project: string;
      readonly status: string;
      readonly reason?: string;
    };
  }
}

/** Runs builds: their buildspec's commands as child processes in a folder of their own, with the project's role. */
export class Builds {
  private readonly records: Collection<Build>;
  private readonly running = new Map<string, ChildProcess>();
  private readonly root: string;

  constructor(private readonly account: AccountParts) {
    this.records = account.store.collection('codebuild.builds');
    this.root = join(account.folder, 'codebuild');
  }

  get(id: string): Build | undefined {
    return this.records.get(id);
  }

  of(project: string): readonly Build[] {
    return this.records.values().filter((each) => each.project === project);
  }

  /** Ends what a kill of the account interrupted. */
  start(): void {
    for (const build of this.records.values())
      if (build.status === 'IN_PROGRESS')
        this.end(build, { status: 'FAULT', reason: 'the local account was stopped while the build was running' });
  }

  stop(): void {
    for (const child of this.running.values()) kill(child);
  }

  stopBuild(id: string): void {
    const child = this.running.get(id);
    const build = this.records.get(id);
    if (child === undefined || build === undefined) return;
    this.records.put(id, { ...build, status: 'STOPPED' });
    kill(child);
  }

  /** Begins a build. The promise is of its end; it is never rejected. */
  begin(request: BuildRequest): { readonly build: Build; readonly ended: Promise<Build> } {
    const { project } = request;
    const uuid = this.account.newId();
    const id = `${project.name}:${uuid}`;
    const build: Build = {
      id,
      arn: this.account.arn('codebuild', `build/${id}`),
      project: project.name,
      number: this.of(project.name).length + 1,
      status: 'IN_PROGRESS',
      initiator: request.initiator,
      started: this.account.clock.now().getTime(),
      phases: [],
      exported: {},
      logGroup: project.logGroup,
      logStream: uuid,
    };
    this.records.put(id, build);
    return { build, ended: this.run(build, request) };
  }

  private async run(build: Build, request: BuildRequest): Promise<Build> {
    const folder = join(this.root, 'builds', createHash('sha256').update(build.id).digest('hex').slice(0, 16));
    try {
      this.checkRole(request.project);
      const source = join(folder, 'src');
      mkdirSync(source, { recursive: true });
      const principal = this.account.iam.roleByArn(request.project.serviceRole);
      for (const [index, input] of request.inputs.entries()) {
        const { bucket, key } = input;
        this.account.iam.authorize(principal, this.account.s3.permissions('s3:GetObject', bucket, key));
        await extractSource(this.account, input, index === 0 ? source : join(folder, `src${index}`), principal);
      }
      const spec = parseBuildSpec(buildspecText(request.project, source));
      const outcome = await this.execute(build, request, spec, folder);
      if (outcome.status === 'SUCCEEDED' && request.output !== undefined) {
        const { bucket, key } = request.output;
        this.account.iam.authorize(principal, this.account.s3.permissions('s3:PutObject', bucket, key));
        const zip = zipFolder(join(source, spec.artifacts?.baseDirectory ?? '.'), spec.artifacts?.files ?? ['**/*']);
        this.account.s3.put(bucket, key, zip, { contentType: 'application/zip' });
      }
      return this.end(this.current(build), outcome);
    } catch (error) {
      this.log(build, [`[Container] ${messageOf(error)}`]);
      return this.end(this.current(build), { status: 'FAILED', reason: messageOf(error) });
    } finally {
      if (this.account.host.setting('MOORING_KEEP_BUILDS') === undefined)
        rmSync(folder, { recursive: true, force: true });
    }
  }

  private current(build: Build): Build {
    return this.records.get(build.id) ?? build;
  }

  /** CodeBuild writes a build's log with the project's role, so a role that may not has no builds. */
  private checkRole({ serviceRole, logGroup }: Project): void {
    const resource = this.account.arn('logs', `log-group:${logGroup}:log-stream:build`);
    this.account.iam.authorize(this.account.iam.roleByArn(serviceRole), [{ action: 'logs:PutLogEvents', resource }]);
  }

  private execute(
    build: Build,
    request: BuildRequest,
    spec: BuildSpec,
    folder: string,
  ): Promise<Pick<Build, 'status' | 'reason'>> {
    const script = join(folder, 'build.sh');
    writeFileSync(script, scriptOf(spec));
    const child = spawn('bash', ['--noprofile', '--norc', script], {
      cwd: join(folder, 'src'),
      env: environmentOf(this.account, { build, request, spec, folder, tools: join(this.root, 'tools') }),
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.running.set(build.id, child);
    const limit = setTimeout(() => {
      this.records.put(build.id, { ...this.current(build), status: 'TIMED_OUT' });
      kill(child);
    }, request.project.timeoutMinutes * 60_000);
    for (const stream of [child.stdout, child.stderr])
      byLine(stream as NodeJS.ReadableStream, (line) => this.log(build, [line]));
    byLine(child.stdio[3] as NodeJS.ReadableStream, (line) => this.mark(build, JSON.parse(line) as Mark));
    return new Promise((done) => {
      child.on('error', (error) => done({ status: 'FAULT', reason: messageOf(error) }));
      child.on('close', (code, signal) => {
        clearTimeout(limit);
        this.running.delete(build.id);
        const forced = this.current(build).status;
        if (forced !== 'IN_PROGRESS')
          done({
            status: forced,
            reason: `the build ${forced === 'TIMED_OUT' ? `took longer than ${request.project.timeoutMinutes} minutes` : 'was stopped'}`,
          });
        else if (code === 0) done({ status: 'SUCCEEDED' });
        else done({ status: 'FAILED', reason: this.reasonOf(build, folder, code ?? signal ?? 'no exit code') });
      });
    });
  }

  /** What failed, and the last lines it printed: they nearly always say why. */
  private reasonOf(build: Build, folder: string, code: number | string): string {
    const file = join(folder, 'reason.txt');
    const why = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const [status = String(code), ...command] = why.split(' ');
    const tail = (this.tails.get(build.id) ?? []).filter((line) => !line.startsWith('[Container]')).slice(-6);
    return `Error while executing command: ${command.join(' ') || 'the build'}. Reason: exit status ${status}${tail.length === 0 ? '' : `. ${tail.join(' | ')}`}`.slice(
      0,
      2000,
    );
  }

  private readonly tails = new Map<string, string[]>();

  private log(build: Build, lines: readonly string[]): void {
    const tail = this.tails.get(build.id) ?? [];
    tail.push(...lines.filter((line) => line.trim() !== ''));
    this.tails.set(build.id, tail.slice(-20));
    this.account.logs.append(build.logGroup, build.logStream, lines);
  }

  private mark(build: Build, mark: Mark): void {
    const now = this.account.clock.now().getTime();
    const current = this.current(build);
    if ('variable' in mark) {
      this.records.put(build.id, { ...current, exported: { ...current.exported, [mark.variable]: mark.value } });
      return;
    }
    const phase = mark.phase.toUpperCase();
    const others = current.phases.filter((each) => each.phase !== phase);
    const started = current.phases.find((each) => each.phase === phase)?.started ?? now;
    const status = mark.status === 'started' ? 'IN_PROGRESS' : mark.status.toUpperCase();
    const entry = { phase, status, started, ...(mark.status === 'started' ? {} : { ended: now }) };
    this.records.put(build.id, { ...current, phases: [...others, entry] });
  }

  private end(build: Build, outcome: Pick<Build, 'status' | 'reason'>): Build {
    const ended: Build = { ...build, ...outcome, ended: this.account.clock.now().getTime() };
    this.records.put(build.id, ended);
    this.tails.delete(build.id);
    this.account.trace.emit('build.ended', {
      build: build.id,
      project: build.project,
      status: ended.status,
      ...(ended.reason === undefined ? {} : { reason: ended.reason }),
    });
    return ended;
  }
}

/** The buildspec itself, or the file of that name in the source. */
function buildspecText({ buildspec }: Project, source: string): string {
  if (buildspec.includes('\n') || buildspec.trimStart().startsWith('{')) return buildspec;
  const file = join(source, buildspec);
  if (!existsSync(file)) throw new AwsError('YAML_FILE_ERROR', `the source has no buildspec ${buildspec}`);
  return readFileSync(file, 'utf8');
}
