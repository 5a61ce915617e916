type Variables = Readonly<Record<string, string | undefined>>;

/** What the account starts programs for. */
export type Purpose = 'function' | 'job' | 'build' | 'tool';

const locale = ['LANG', 'LC_ALL', 'LC_CTYPE', 'TZ'];
const places = ['PATH', 'HOME', 'TMPDIR', 'USER', 'LOGNAME', 'SHELL'];
const packages = ['npm_config_registry', 'npm_config_cache', 'PIP_INDEX_URL', 'PIP_CACHE_DIR', 'XDG_CACHE_HOME'];
const certificates = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE'];
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** Variables of the account's own process that a program may see. Everything else stays here: shells hold secrets. */
const allowed: Readonly<Record<Purpose, readonly string[]>> = {
  /** Of the user: on AWS a function sees its own settings only. */
  function: ['PATH'],
  /** Training, processing, transform jobs and model servers, and the interpreter that they are forks of. */
  job: ['PATH', 'JAVA_HOME', 'OMP_NUM_THREADS'],
  /** Commands of a build's buildspec, which install packages. */
  build: [...places, ...locale, ...packages, ...certificates, ...proxies, 'JAVA_HOME', 'PYENV_ROOT', 'NVM_DIR'],
  /** git, and Python that lists packages: the account's own tools. */
  tool: [...places, ...locale],
};

/** `https://user:password@host` */
const holdsCredentials = (value: string): boolean => /:\/\/[^/\s@]+@/.test(value);

/**
 * The environment of the account's process. Nothing hands it on as a whole: programs get what {@link for} lists, and the
 * account's own settings are read by name.
 */
export class HostEnvironment {
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  /** A setting of the account itself. */
  setting(name: `MOORING_${string}`): string | undefined {
    return this.#variables[name];
  }

  /** Variables for a program. One whose value is a URL with a password in it is left out. */
  for(purpose: Purpose): Readonly<Record<string, string>> {
    return Object.fromEntries(
      allowed[purpose].flatMap((name) => {
        const value = this.#variables[name];
        return value === undefined || holdsCredentials(value) ? [] : [[name, value]];
      }),
    );
  }

  /** Search path for programs of a purpose. */
  path(purpose: Purpose): string {
    return this.for(purpose).PATH ?? '/usr/local/bin:/usr/bin:/bin';
  }
}
