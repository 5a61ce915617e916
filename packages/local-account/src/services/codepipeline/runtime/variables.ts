import { AwsError } from '../../../core/errors';
import { found } from '../../../core/expression';
import type { Execution } from './records';

/**
 * Replaces `#{namespace.NAME}`.
 *
 * @throws AwsError when a variable has no value: CodePipeline fails the action then.
 */
export function resolveVariables(value: string, execution: Execution): string {
  return value.replaceAll(/#\{([^.}]+)\.([^}]+)\}/g, (reference, namespace: string, name: string) => {
    const found = valueOf(namespace, name, execution);
    if (found === undefined)
      throw new AwsError(
        'UnresolvedVariable',
        `the variable ${reference} could not be resolved: nothing before gave it a value`,
      );
    return found;
  });
}

function valueOf(namespace: string, name: string, execution: Execution): string | undefined {
  if (namespace === 'codepipeline') return name === 'PipelineExecutionId' ? execution.id : undefined;
  if (namespace === 'variables') return execution.variables[name];
  for (const stage of execution.structure.stages)
    for (const action of stage.actions) {
      if (action.namespace !== namespace) continue;
      const run = execution.actions.filter((each) => each.stage === stage.name && each.name === action.name).at(-1);
      return run?.variables[name];
    }
  return undefined;
}

/** A VariableCheck rule's comparison. */
export function compare(operator: string, value: string, wanted: string): boolean {
  switch (operator) {
    case 'EQ':
      return value === wanted;
    case 'NE':
      return value !== wanted;
    case 'CONTAINS':
      return value.includes(wanted);
    default:
      return found(wanted, value);
  }
}
