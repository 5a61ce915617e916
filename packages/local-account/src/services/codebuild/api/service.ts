import { AwsError, Unsupported } from '../../../core/errors';
import { bodies, list, optionalText, text, textList } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { AwsService, Body, Operation, Permission } from '../../../core/service';
import type { Collection } from '../../../core/store';
import type { Build } from '../runtime/build';
import type { Builds } from '../runtime/builds';
import { type Project, projectOf, variablesOf } from '../runtime/project';

/** CodeBuild: projects, and the builds that pipelines start. */
export class CodeBuild implements AwsService {
  readonly signingName = 'codebuild';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly projects: Collection<Project>;

  constructor(
    private readonly account: AccountParts,
    readonly builds: Builds,
  ) {
    this.projects = account.store.collection('codebuild.projects');
    this.operations = {
      BatchGetProjects: (input) => this.batch(textList(input, 'names')),
      ListProjects: () => ({ projects: this.projects.values().map(({ name }) => name) }),
      BatchGetBuilds: (input) => this.batchBuilds(textList(input, 'ids')),
      ListBuildsForProject: (input) => ({
        ids: this.builds
          .of(this.project(text(input, 'projectName')).name)
          .map(({ id }) => id)
          .reverse(),
      }),
      StartBuild: (input) => this.startBuild(input),
      StopBuild: (input) => {
        this.builds.stopBuild(text(input, 'id'));
        return this.batchBuilds([text(input, 'id')]);
      },
    };
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const names =
      optionalText(input, 'projectName') ??
      textList(input, 'names')[0] ??
      [optionalText(input, 'id') ?? textList(input, 'ids')[0] ?? ''].map((id) => id.split(':')[0])[0];
    const resource = names === undefined || names === '' ? '*' : this.arn(names);
    return [{ action: `codebuild:${operation}`, resource }];
  }

  arn(name: string): string {
    return this.account.arn('codebuild', `project/${name}`);
  }

  /** @throws AwsError ResourceNotFoundException. */
  project(name: string): Project {
    const found = this.projects.get(name);
    if (found === undefined) throw new AwsError('ResourceNotFoundException', `Project cannot be found: ${name}`);
    return found;
  }

  put(name: string, properties: Body): Project {
    const now = this.projects.get(name)?.created ?? this.account.clock.now().getTime();
    const project = projectOf(properties, name, this.arn(name), now);
    this.projects.put(name, project);
    return project;
  }

  has(name: string): boolean {
    return this.projects.get(name) !== undefined;
  }

  delete(name: string): void {
    this.projects.delete(name);
  }

  private startBuild(input: Body): Body {
    const project = this.project(text(input, 'projectName'));
    if (project.buildspec === '' || optionalText(input, 'sourceTypeOverride') !== undefined)
      throw new Unsupported('StartBuild with source overrides', 'builds get their source from a pipeline');
    const variables = variablesOf(bodies(input, 'environmentVariablesOverride'), 'name');
    return { build: describe(this.builds.begin({ project, initiator: 'local', variables, inputs: [] }).build) };
  }

  private batch(names: readonly string[]): Body {
    const found = names.flatMap((name) => this.projects.get(name) ?? []);
    return {
      projects: found.map((project) => ({
        name: project.name,
        arn: project.arn,
        description: project.description,
        serviceRole: project.serviceRole,
        timeoutInMinutes: project.timeoutMinutes,
        created: new Date(project.created),
        environment: {
          type: 'LINUX_CONTAINER',
          image: project.image,
          computeType: 'BUILD_GENERAL1_SMALL',
          environmentVariables: project.environment.map((each) => ({ ...each, type: 'PLAINTEXT' })),
        },
        source: { type: 'CODEPIPELINE', buildspec: project.buildspec },
        artifacts: { type: 'CODEPIPELINE' },
      })),
      projectsNotFound: names.filter((name) => !found.some((each) => each.name === name)),
    };
  }

  private batchBuilds(ids: readonly string[]): Body {
    const found = ids.map((id) => this.builds.get(id));
    return {
      builds: found.flatMap((build) => (build === undefined ? [] : [describe(build)])),
      buildsNotFound: ids.filter((_, index) => list({ found }, 'found')[index] === undefined),
    };
  }
}

function describe(build: Build): Body {
  return {
    id: build.id,
    arn: build.arn,
    projectName: build.project,
    buildNumber: build.number,
    buildStatus: build.status,
    buildComplete: build.status !== 'IN_PROGRESS',
    initiator: build.initiator,
    startTime: new Date(build.started),
    endTime: build.ended === undefined ? undefined : new Date(build.ended),
    currentPhase: build.phases.at(-1)?.phase ?? 'QUEUED',
    phases: build.phases.map(({ phase, status, started, ended }) => ({
      phaseType: phase,
      phaseStatus: status,
      startTime: new Date(started),
      endTime: ended === undefined ? undefined : new Date(ended),
      contexts: status === 'FAILED' ? [{ message: build.reason }] : [],
    })),
    exportedEnvironmentVariables: Object.entries(build.exported).map(([name, value]) => ({ name, value })),
    logs: { groupName: build.logGroup, streamName: build.logStream },
  };
}
