import { text } from '../../core/input';
import type { Module, ModuleFactory } from '../../core/module';
import { connectionProviders } from './resources/connection';
import { Repositories } from './runtime/repositories';
import { CodeConnections } from './api/service';

/** One execution that a push started. */
export interface Started {
  readonly pipeline: string;
  readonly tag: string;
  readonly executionId: string;
}

declare module '../../core/module' {
  interface Peers {
    readonly connections: Pick<CodeConnections, 'find' | 'get'>;
    readonly repositories: Repositories;
  }
}

/** CodeConnections, and the git repositories behind it. */
export const codeConnectionsModule: ModuleFactory = (account): Module => {
  const service = new CodeConnections(account);
  const repositories = new Repositories(account);
  const look = async (repository: string): Promise<readonly Started[]> =>
    account.findPeer('pipelines')?.pushed(await repositories.look(repository)) ?? [];
  return {
    name: 'codeconnections',
    // The service's former name is what older clients sign with.
    services: [service, { signingName: 'codestar-connections', operations: service.operations }],
    providers: connectionProviders(service),
    peers: { connections: service, repositories },
    controls: [
      {
        method: 'POST',
        path: '/_local/git/pushed',
        handle: async (input) => ({ started: await look(text(input, 'repository')) }),
      },
      {
        method: 'POST',
        path: '/_local/git/repository',
        handle: async (input) => ({ path: await repositories.ensure(text(input, 'repository')) }),
      },
      { method: 'GET', path: '/_local/connections', handle: () => service.all() },
      {
        method: 'POST',
        path: '/_local/connections',
        handle: (input) => service.setStatus(text(input, 'arn'), text(input, 'status')),
      },
    ],
    // Pushes that nobody was there to notice.
    start: async () => {
      for (const name of repositories.names()) await look(name);
    },
  };
};
