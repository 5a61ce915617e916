// `node --require ./bin/typescript.cjs bench/dsl-pipeline.ts`: how long building and checking a pipeline of 50 steps takes (bound: 50 ms).
import { checkDefinition } from '@mooring/pipeline-language';
import { fiftySteps } from '@mooring/pipeline-language/test/fifty-steps';

/** Wall and processor milliseconds of one build with its check and its JSON. */
export function once(): { readonly wall: number; readonly processor: number } {
  const [started, before] = [performance.now(), process.cpuUsage()];
  fiftySteps().toJson();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - started, processor: (user + system) / 1000 };
}

if (require.main === module) {
  const first = once();
  const runs = Array.from({ length: 50 }, once);
  const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
  const row = (name: string, wall: number, processor: number): void =>
    console.log(
      `${name.padEnd(24)} ${wall.toFixed(1).padStart(8)} ms   processor ${processor.toFixed(1).padStart(8)} ms`,
    );
  const pipeline = fiftySteps();
  console.log(
    `${pipeline.graph().nodes.length} steps, ${pipeline.definitionSize} bytes, ${checkDefinition(pipeline.render()).length} problems`,
  );
  row('first build and check', first.wall, first.processor);
  row('median of 50', median(runs.map((run) => run.wall)), median(runs.map((run) => run.processor)));
  row('fastest of 50', Math.min(...runs.map((run) => run.wall)), Math.min(...runs.map((run) => run.processor)));
}
