import { randomUUID } from 'node:crypto';
import { Listr } from 'listr2';
import { UserError } from '@mooring/use-case/errors';
import { parametersByPath, pipelineParameters } from '../../contracts/pipeline-parameters';
import type { UseCase } from '@mooring/use-case/use-case';
import { datasetFile, uploadDataset } from '../data/dataset';
import { followExecution, startExecution, type ExecutionState } from '../shared/execution';
import { readFoundation } from '../shared/foundation';
import { seconds } from '../shared/output';
import type { Project } from '../shared/project';
import type { Session } from '../shared/session';

/** `path=value` overrides as pipeline parameters. @throws UserError that lists every path that cannot be set. */
export function overrides(useCase: UseCase, settings: readonly string[]): Record<string, string> {
  const allowed = parametersByPath(useCase.gates.quality.metric);
  const problems: string[] = [];
  const parameters: Record<string, string> = {};
  for (const setting of settings) {
    const [path = '', ...rest] = setting.split('=');
    const value = rest.join('=');
    const parameter = allowed[path];
    if (value === '') problems.push(`--set ${setting}: write path=value`);
    else if (parameter === undefined)
      problems.push(
        `--set ${path}: only these can change for one run: ${Object.keys(allowed).join(', ')}; for anything else edit use-case.yaml and deploy`,
      );
    else if (/^(fairness|gates)\./.test(path) && !Number.isFinite(Number(value)))
      problems.push(`--set ${path}: '${value}' is not a number`);
    else parameters[parameter] = value;
  }
  if (problems.length > 0) throw UserError.of(`cannot start ${useCase.name}:`, problems);
  return parameters;
}

/** SageMaker's longest display name of an execution. */
const longestName = 82;

/** How Studio lists an execution that somebody started: `manual-2026-11-20-09-30`, and what was set for it. */
export function displayName(now: string, settings: readonly string[]): string {
  const words = ['manual', now.slice(0, 16), ...settings].join('-').replace(/[^A-Za-z0-9]+/g, '-');
  return words.slice(0, longestName).replace(/-+$/, '');
}

/** Finds or makes the data, uploads it and starts the pipeline. @returns the execution's ARN. */
export async function startRun(
  project: Project,
  session: Session,
  useCase: UseCase,
  data: string | undefined,
  settings: readonly string[],
): Promise<string> {
  const parameters = overrides(useCase, settings);
  const foundation = await readFoundation(session.clients);
  const uri = await uploadDataset(
    session.clients,
    foundation,
    useCase.name,
    await datasetFile(project, useCase.name, data),
  );
  const { now } = (await session.control('GET', '/_local/clock')) as { readonly now: string };
  return startExecution(
    session.clients,
    useCase.name,
    { [pipelineParameters.inputData]: uri, [pipelineParameters.trigger]: 'manual', ...parameters },
    `${randomUUID()}${randomUUID()}`.replaceAll('-', ''),
    displayName(now, settings),
  );
}

/** Follows an execution with one line per step; ends when the execution did. */
export async function showExecution(
  session: Session,
  arn: string,
  renderer: 'default' | 'simple' | 'silent',
): Promise<ExecutionState> {
  let state: ExecutionState | undefined;
  const started = performance.now();
  const line = (each: ExecutionState['steps'][number]): string =>
    `${each.name.padEnd(16)} ${each.status}${each.seconds === undefined ? '' : ` ${each.seconds.toFixed(1)} s`}`;
  const tasks = new Listr(
    [
      {
        title: `pipeline execution ${arn.split('/').at(-1) ?? arn}`,
        task: async (_, task) => {
          const printed = new Set<string>();
          state = await followExecution(session.clients, arn, (now) => {
            if (renderer === 'default') task.output = now.steps.map(line).join('\n');
            else
              for (const each of now.steps)
                if (each.status !== 'Executing' && each.status !== 'Starting' && !printed.has(each.name)) {
                  printed.add(each.name);
                  task.output = line(each);
                }
          });
          task.title = `pipeline ${state.status} (${seconds(performance.now() - started)})`;
        },
        rendererOptions: { persistentOutput: true, outputBar: Number.POSITIVE_INFINITY },
      },
    ],
    { renderer, fallbackRenderer: 'simple' },
  );
  await tasks.run();
  if (state === undefined) throw new Error('an execution that was followed has a state');
  return state;
}
