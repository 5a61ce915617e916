import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../contracts/errors';
import type { Pipeline } from '../../pipeline-defs/dsl';
import { standardPipeline } from '../../pipeline-defs/standard/pipeline';
import type { PipelineContext } from '../../pipeline-defs/standard/place';

/**
 * The pipeline of a use case: `pipeline.ts` in its folder when there is one, else the standard pipeline.
 *
 * @throws UserError when the folder's `pipeline.ts` does not export a function `pipeline`.
 */
export function pipelineOf(folder: string, context: PipelineContext): Pipeline {
  const own = join(folder, 'pipeline.ts');
  if (!existsSync(own)) return standardPipeline(context);
  // Read while synthesizing, because which use cases exist is known only then.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const module = require(own) as { readonly pipeline?: (context: PipelineContext) => Pipeline };
  if (typeof module.pipeline !== 'function') {
    throw new UserError(`${own} must export a function 'pipeline' that takes a PipelineContext and returns a Pipeline`);
  }
  return module.pipeline(context);
}
