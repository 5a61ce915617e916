import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@mooring/use-case/errors';
import { type Pipeline, type PipelineDefinition, PipelineError } from '@mooring/pipeline-language';
import type { Problem } from '@mooring/pipeline-language/check';
import { standardPipeline } from '../../pipeline-defs/standard/pipeline';
import type { PipelineContext } from '../../pipeline-defs/standard/place';

/** A pipeline and its checked definition. */
export interface MadePipeline {
  readonly pipeline: Pipeline;
  readonly definition: PipelineDefinition;
}

/**
 * The pipeline of a use case: `pipeline.ts` in its folder when there is one, else the standard pipeline.
 *
 * @throws UserError when the folder's `pipeline.ts` does not export a function `pipeline`, or with everything that
 * SageMaker would object to in the definition.
 */
export function makePipeline(folder: string, context: PipelineContext): MadePipeline {
  const pipeline = makerOf(folder)(context);
  try {
    return { pipeline, definition: pipeline.toDefinition() };
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    throw UserError.of(`the pipeline of ${context.useCase.name} would be refused:`, error.problems.map(sentence));
  }
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
