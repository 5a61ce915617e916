import { delimiter, dirname } from 'node:path';

/**
 * What a process in a SageMaker container sees of the machine around it, for jobs and hosts of this account: nothing of
 * this process's own environment, and each variable from one of these three sources.
 */
export interface ContainerFacts {
  /** Interpreter of the image. */
  readonly python: string;
  /** Folder for what the process writes beside /opt/ml. */
  readonly temporary: string;
  readonly region: string;
  readonly endpointUrl: string;
  /** Where the SDKs find the role's credentials. */
  readonly credentials: CredentialVariables;
}

export interface CredentialVariables {
  readonly AWS_CONTAINER_CREDENTIALS_FULL_URI: string;
  readonly AWS_CONTAINER_AUTHORIZATION_TOKEN: string;
}

/** Where programs of an image lie, besides its Python. */
const programs = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Set by the images' own build files. */
const ofTheImage = {
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONIOENCODING: 'utf-8',
  PYTHONUNBUFFERED: '1',
};

/**
 * Only here: they turn any SDK to this account and away from the user's own configuration. On AWS none of them is set, and
 * none says anything that code could come to rely on there.
 */
const ofThisAccount = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  NO_PROXY: '127.0.0.1,localhost',
  no_proxy: '127.0.0.1,localhost',
};

/** Variables of every job and host. Training jobs and what a request sets come on top. */
export function containerEnvironment({
  python,
  temporary,
  region,
  endpointUrl,
  credentials,
}: ContainerFacts): Readonly<Record<string, string>> {
  return {
    ...ofTheImage,
    ...ofThisAccount,
    PATH: [dirname(python), programs].join(delimiter),
    HOME: temporary,
    TMPDIR: temporary,
    // Not AWS_DEFAULT_REGION, which SageMaker does not promise and boto3 would take.
    AWS_REGION: region,
    AWS_ENDPOINT_URL: endpointUrl,
    ...credentials,
  };
}
