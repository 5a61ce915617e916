import { spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr';
import { UserError } from '@mooring/use-case/errors';
import { assetsOf, type ImageAsset } from './asset-manifest';
import { PublishingRoles } from './publishing-roles';
import { type Environment, required } from './stage';

/** Builds and pushes the images that the registry does not have yet: tags are hashes of the sources. Says their digests. */
export async function publishImages(assembly: string, env: Environment): Promise<string> {
  const docker = new Docker(env);
  const roles = new PublishingRoles(env);
  const assets = assetsOf(assembly, 'dockerImages');
  const lines: string[] = [];
  for (const [id, { source, destinations }] of assets)
    for (const raw of Object.values(destinations)) {
      const destination = await roles.resolved(raw);
      const registry = new Registry(await roles.client(destination, (config) => new ECRClient(config)));
      const { repositoryName, imageTag } = destination;
      const there = await registry.digest(repositoryName, imageTag);
      if (there === undefined) {
        const uri = `${await registry.uri(repositoryName)}:${imageTag}`;
        await docker.build(assembly, source, uri, id);
        await docker.login(await registry.login());
        await docker.run(['push', uri]);
      }
      const digest = there ?? (await registry.digest(repositoryName, imageTag)) ?? 'unknown';
      lines.push(`${repositoryName}:${imageTag}@${digest} ${there === undefined ? 'pushed' : 'was there'}`);
    }
  return [`${assets.size} images`, ...lines].join('\n  ');
}

interface Login {
  readonly registry: string;
  readonly user: string;
  readonly password: string;
}

/** One account's registry. */
class Registry {
  constructor(private readonly ecr: ECRClient) {}

  /** Digest of the image with a tag; undefined when there is none. */
  async digest(repositoryName: string, imageTag: string): Promise<string | undefined> {
    try {
      const { imageDetails } = await this.ecr.send(
        new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag }] }),
      );
      return imageDetails?.[0]?.imageDigest;
    } catch (error) {
      if (error instanceof Error && error.name === 'ImageNotFoundException') return undefined;
      if (error instanceof Error && error.name === 'RepositoryNotFoundException')
        throw new UserError(
          `there is no repository ${repositoryName}: bootstrap the account again (docs/releasing.md)`,
        );
      throw error;
    }
  }

  async uri(repositoryName: string): Promise<string> {
    const { repositories } = await this.ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }),
    );
    return repositories?.[0]?.repositoryUri ?? '';
  }

  async login(): Promise<Login> {
    const { authorizationData } = await this.ecr.send(new GetAuthorizationTokenCommand({}));
    const { authorizationToken = '', proxyEndpoint = '' } = authorizationData?.[0] ?? {};
    const [user = '', password = ''] = Buffer.from(authorizationToken, 'base64').toString().split(':');
    return { registry: proxyEndpoint, user, password };
  }
}

/** The command line of Docker, or of what CDK_DOCKER names. */
class Docker {
  private readonly command: string;

  constructor(private readonly env: Environment) {
    this.command = env['CDK_DOCKER'] ?? 'docker';
  }

  async build(assembly: string, source: ImageAsset['source'], tag: string, id: string): Promise<void> {
    const { directory, dockerFile, platform, dockerBuildArgs = {}, ...other } = source;
    const unknown = Object.keys(other);
    if (directory === undefined || unknown.length > 0)
      throw new UserError(
        `the image ${id} asks for ${unknown.join(', ') || 'a program'}; supported are directory, dockerFile, platform and dockerBuildArgs`,
      );
    await this.run([
      'build',
      ...['--tag', tag],
      ...(dockerFile === undefined ? [] : ['--file', join(assembly, directory, dockerFile)]),
      ...(platform === undefined ? [] : ['--platform', platform]),
      ...Object.entries(dockerBuildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      join(assembly, directory),
    ]);
  }

  /** The password goes by standard input, where no list of processes shows it. */
  login({ registry, user, password }: Login): Promise<void> {
    return this.run(['login', '--username', user, '--password-stdin', registry], password);
  }

  run(args: readonly string[], input = ''): Promise<void> {
    const path = required(this.env, 'PATH');
    return new Promise((done, fail) => {
      const child = spawn(this.command, args, {
        env: { ...this.env, PATH: path },
        stdio: ['pipe', 'inherit', 'inherit'],
      });
      child.on('error', (error) =>
        fail(new UserError(`${this.command} cannot be started (${error.message}); images of this release need Docker`)),
      );
      child.on('close', (code) =>
        code === 0
          ? done()
          : fail(new UserError(`${this.command} ${args[0] ?? ''} failed (exit code ${code ?? 'none'})`)),
      );
      child.stdin.end(input);
    });
  }
}
