import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { AccountParts } from '../../../core/module';
import { dockerStandIn } from '../../../core/package-folder';
import type { Build, BuildRequest } from './build';
import type { BuildSpec } from './buildspec';

interface BuildPlace {
  readonly build: Build;
  readonly request: BuildRequest;
  readonly spec: BuildSpec;
  /** Where the build works. */
  readonly folder: string;
  /** What builds install globally stays here, below the account's folder, and is there for the next build. */
  readonly tools: string;
}

/** Variables of a build's commands: what builds may see of this process's, the project's, and credentials of its role. */
export function environmentOf(
  { host, iam }: Pick<AccountParts, 'host' | 'iam'>,
  { build, request, spec, folder, tools }: BuildPlace,
): NodeJS.ProcessEnv {
  const { project, variables } = request;
  mkdirSync(tools, { recursive: true });
  return {
    ...host.for('build'),
    ...spec.variables,
    ...Object.fromEntries(project.environment.map(({ name, value }) => [name, value])),
    ...Object.fromEntries(variables.map(({ name, value }) => [name, value])),
    ...iam.credentialsFor(project.serviceRole, `AWSCodeBuild-${build.logStream}`),
    npm_config_prefix: tools,
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
    PATH: `${join(tools, 'bin')}${delimiter}${host.path('build')}`,
    CDK_DOCKER: dockerStandIn(),
    CI: 'true',
    CODEBUILD_CI: 'true',
    CODEBUILD_BUILD_ID: build.id,
    CODEBUILD_BUILD_ARN: build.arn,
    CODEBUILD_BUILD_NUMBER: String(build.number),
    CODEBUILD_BUILD_IMAGE: project.image,
    CODEBUILD_INITIATOR: build.initiator,
    CODEBUILD_SRC_DIR: join(folder, 'src'),
    CODEBUILD_REASON_FILE: join(folder, 'reason.txt'),
    CODEBUILD_LOG_PATH: build.logStream,
  };
}
