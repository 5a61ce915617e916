import type { Module, ModuleFactory } from '../../core/module';
import { codePipelineProviders } from './resources/pipeline';
import { Engine } from './runtime/engine';
import { CodePipelines } from './api/service';

declare module '../../core/module' {
  interface Peers {
    readonly pipelines: Pick<CodePipelines, 'pushed'>;
  }
}

/** CodePipeline in execution mode QUEUED. */
export const codePipelineModule: ModuleFactory = (account): Module => {
  const engine = new Engine(account);
  const service = new CodePipelines(account, engine);
  return {
    name: 'codepipeline',
    services: [service],
    providers: codePipelineProviders(account, service),
    peers: { pipelines: service },
    start: () => engine.start(),
    stop: () => engine.stop(),
  };
};
