import { DescribePipelineCommand } from '@aws-sdk/client-sagemaker';
import { Option, type Command } from 'commander';
import { resourceNames } from '../../contracts/names';
import { Graph, toDot, toMermaid, toText } from '@mooring/pipeline-language';
import { deployUseCases, milestones } from '../account/deployment';
import { isDeployed } from '../shared/foundation';
import { note, print } from '../shared/output';
import { withSession } from '../shared/session';
import { findUseCase, type CommandContext } from '../shared/command';

const formats = { text: toText, dot: toDot, mermaid: toMermaid } as const;

/** `mooring graph <use-case>`: the deployed pipeline drawn. */
export function addGraph(program: Command, context: CommandContext): void {
  program
    .command('graph')
    .description('draw the pipeline of a use case as it is deployed; deploys it to the local account where it is not')
    .argument('<use-case>')
    .addOption(new Option('--format <format>', 'how to draw it').choices(Object.keys(formats)).default('text'))
    .action(async (name: string, options: { format: keyof typeof formats }) => {
      const project = context.project();
      const useCase = findUseCase(project, name);
      await withSession(project, async (session) => {
        if (!(await isDeployed(session.clients, useCase.name)))
          await deployUseCases(project, session, [useCase.name], milestones(note));
        const { PipelineDefinition = '{}' } = await session.clients.sagemaker.send(
          new DescribePipelineCommand({ PipelineName: resourceNames.pipeline(useCase.name) }),
        );
        print(formats[options.format](Graph.of(JSON.parse(PipelineDefinition))));
      });
    });
}
