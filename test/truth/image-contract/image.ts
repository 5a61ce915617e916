import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from '../../support/app';

export type ImageName = 'xgboost' | 'scikit-learn';

const environmentOf = (image: ImageName): string => join(root, '.venvs', `image-${image}`);

/** Why the contract of an image cannot be tried here, or undefined. */
export function missing(image: ImageName): string | undefined {
  return existsSync(join(environmentOf(image), 'bin/python'))
    ? undefined
    : `.venvs/image-${image} is not there: npm test -- truth makes it where Python 3.12 is found`;
}

/** What the images' build files set; every process in a container has it. */
const imageVariables = {
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONUNBUFFERED: '1',
  PYTHONIOENCODING: 'utf-8',
};

/** What keeps an isolated container from reaching a package index: here the index is a port at which nobody listens. */
const noIndex = {
  PIP_CONFIG_FILE: '/dev/null',
  PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
  PIP_RETRIES: '0',
  PIP_TIMEOUT: '1',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
};

export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

export interface Served {
  /** Absent when the server ended before it was healthy. */
  readonly url?: string;
  /** What it has printed so far. */
  readonly log: () => string;
}

/**
 * A container of an image: the packages of its lock file, a root folder with /opt/ml, and nothing of this process's
 * environment. What it installs stays in a layer of its own.
 */
export class Container {
  readonly folder = mkdtempSync(join(tmpdir(), 'mooring-image-'));
  readonly ml = join(this.folder, 'opt/ml');
  private readonly python = join(this.folder, 'layer/bin/python');
  private readonly servers: ChildProcess[] = [];

  constructor(image: ImageName) {
    mkdirSync(this.ml, { recursive: true });
    const layer = join(this.folder, 'layer');
    const base = join(environmentOf(image), 'bin/python');
    execFileSync(base, ['-m', 'venv', '--without-pip', layer]);
    const packages = (python: string): string =>
      execFileSync(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], {
        encoding: 'utf8',
      }).trim();
    writeFileSync(
      join(packages(this.python), 'image.pth'),
      `import site; site.addsitedir(${JSON.stringify(packages(base))})\n`,
    );
  }

  /** A path of the container, as it is on this machine. */
  local(path: string): string {
    return path.replaceAll('/opt/ml', this.ml);
  }

  write(path: string, content: string | Uint8Array): void {
    mkdirSync(join(this.local(path), '..'), { recursive: true });
    writeFileSync(this.local(path), content);
  }

  private environment(given: Readonly<Record<string, string>>): Record<string, string> {
    return {
      ...imageVariables,
      ...noIndex,
      PATH: [join(this.folder, 'layer/bin'), '/usr/bin', '/bin'].join(delimiter),
      HOME: this.folder,
      TMPDIR: this.folder,
      AWS_REGION: 'eu-west-1',
      // The toolkit's own way to look elsewhere than at /opt/ml.
      SAGEMAKER_BASE_DIR: this.ml,
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name, this.local(value)])),
    };
  }

  /** Runs a command to its end; `python3` is the image's. */
  run(command: readonly string[], environment: Readonly<Record<string, string>> = {}): Ended {
    const [head = '', ...rest] = command.map((each) => this.local(each));
    const { status, stdout, stderr, error } = spawnSync(head === 'python3' ? this.python : head, rest, {
      cwd: this.folder,
      env: this.environment(environment),
      encoding: 'utf8',
      timeout: 240_000,
    });
    return { status, output: `${stdout}${stderr}${error?.message ?? ''}` };
  }

  /** Starts the container's server and waits until it answers /ping, or is over. */
  async serve(environment: Readonly<Record<string, string>>): Promise<Served> {
    const port = await freePort();
    const server = spawn(this.python, [join(__dirname, 'start.py'), 'serve', String(port)], {
      cwd: this.folder,
      env: this.environment(environment),
      detached: true,
    });
    this.servers.push(server);
    let output = '';
    for (const stream of [server.stdout, server.stderr])
      stream.on('data', (chunk: Buffer) => (output += String(chunk)));
    const url = `http://127.0.0.1:${port}`;
    for (let waited = 0; waited < 120_000 && server.exitCode === null; waited += 200) {
      const healthy = await fetch(`${url}/ping`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (healthy) return { url, log: () => output };
      await new Promise((done) => setTimeout(done, 200));
    }
    return { log: () => output };
  }

  remove(): void {
    for (const { pid, exitCode } of this.servers)
      if (pid !== undefined && exitCode === null) {
        try {
          process.kill(-pid, 'SIGKILL');
        } catch (error) {
          // It ended by itself in the meantime.
          if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
        }
      }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
