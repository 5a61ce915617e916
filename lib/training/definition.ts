import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../contracts/errors';
import type { Pipeline } from '../../pipeline-defs/dsl';
import { checkDefinition, NOTES, type Problem } from '../../pipeline-defs/dsl/check';
import { standardPipeline } from '../../pipeline-defs/standard/pipeline';
import type { PipelineContext } from '../../pipeline-defs/standard/place';

/**
 * The pipeline of a use case: `pipeline.ts` in its folder when there is one, else the standard pipeline.
 *
 * @throws UserError when the folder's `pipeline.ts` does not export a function `pipeline`, or with everything that
 * SageMaker would object to in the definition.
 */
export function pipelineOf(folder: string, context: PipelineContext): Pipeline {
  const pipeline = makerOf(folder)(context);
  const problems = checkDefinition(pipeline.toDefinition(), { monitoring: true }).filter(
    ({ code }) => !NOTES.includes(code),
  );
  if (problems.length === 0) return pipeline;
  throw UserError.of(`the pipeline of ${context.useCase.name} would be refused:`, problems.map(sentence));
}

type Maker = (context: PipelineContext) => Pipeline;

function makerOf(folder: string): Maker {
  const own = join(folder, 'pipeline.ts');
  if (!existsSync(own)) return standardPipeline;
  // Read while synthesizing, because which use cases exist is known only then.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const module = require(own) as { readonly pipeline?: Maker };
  if (typeof module.pipeline === 'function') return module.pipeline;
  throw new UserError(`${own} must export a function 'pipeline' that takes a PipelineContext and returns a Pipeline`);
}

function sentence({ code, step, path, message, allowed }: Problem): string {
  const where = [step, path].filter((each) => each !== undefined && each !== '').join(' ');
  return `${where}: ${message}${allowed === undefined ? '' : `; allowed: ${allowed}`} (${code})`;
}
