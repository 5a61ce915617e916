import type { Module, ModuleFactory } from '../../core/module';
import { codeBuildProviders } from './resources/project';
import { Builds } from './runtime/builds';
import { CodeBuild } from './api/service';

declare module '../../core/module' {
  interface Peers {
    readonly codebuild: Pick<CodeBuild, 'project' | 'builds'>;
  }
}

/** CodeBuild with projects whose builds run on this machine. */
export const codeBuildModule: ModuleFactory = (account): Module => {
  const builds = new Builds(account);
  const service = new CodeBuild(account, builds);
  return {
    name: 'codebuild',
    services: [service],
    providers: codeBuildProviders(service),
    peers: { codebuild: service },
    start: () => builds.start(),
    stop: () => builds.stop(),
  };
};
