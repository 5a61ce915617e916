import { isObject } from '../definition';
import { checkConditions } from './conditions';
import { checkOrder } from './order';
import { checkPipeline } from './pipeline-level';
import type { Problem } from './problem';
import { checkExperiment, checkReferences } from './references';
import { checkEntries, checkStep } from './step-level';
import type { CheckOptions } from './subject';
import { Subject } from './subject';

/**
 * Everything that is wrong with a definition, whoever wrote it: this language, the SageMaker Python SDK, or a person.
 * An empty list means that nothing is. Values that carry a deploy-time token are not looked at.
 */
export function checkDefinition(definition: unknown, options: CheckOptions = {}): Problem[] {
  const problems: Problem[] = [];
  const report = (problem: Problem): void => void problems.push(problem);
  if (!isObject(definition) || !('Steps' in definition || 'Version' in definition)) {
    report({
      code: 'not-a-definition',
      path: '',
      value: definition,
      message: 'this is not a pipeline definition',
      allowed: 'an object with Version and Steps',
    });
    return problems;
  }
  const subject = new Subject(definition, options);
  checkPipeline(subject, report);
  checkExperiment(subject, report);
  checkEntries(definition['Steps'], 'Steps', report);
  for (const node of subject.graph.nodes) {
    checkStep(node, subject, report);
    if (node.type === 'Condition') checkConditions(node, report);
    checkReferences(node, subject, report);
    if (options.monitoring === true && node.type === 'RegisterModel') {
      const body = node.definition['Arguments'];
      if (isObject(body) && body['DriftCheckBaselines'] === undefined) {
        report({
          code: 'missing-baselines',
          step: node.name,
          path: `${node.path}.Arguments.DriftCheckBaselines`,
          message: `monitoring is on, and ${node.name} registers a version without baselines`,
          allowed: 'DriftCheckBaselines with what the monitor compares to',
        });
      }
    }
  }
  checkOrder(subject, report);
  return problems;
}
