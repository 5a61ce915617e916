import { isObject } from '../definition';
import type { Node } from '../graph';
import { OUTCOMES } from '../policy';
import type { Report } from './problem';
import { oneOf } from './problem';
import type { Subject } from './subject';

/** Names, branches and order: what the steps are to each other. */
export function checkOrder(subject: Subject, report: Report): void {
  checkNames(subject, report);
  for (const node of subject.graph.nodes) {
    checkDependsOn(node, subject, report);
    if (node.type === 'Condition' && node.branch !== undefined) {
      report({
        code: 'nested-condition',
        step: node.name,
        path: node.path,
        value: node.name,
        message: `condition ${node.name} is inside a branch of ${node.branch.of}`,
        allowed: 'conditions outside branches',
      });
    }
  }
  checkBranches(subject, report);
  for (const route of subject.graph.cycles()) {
    const node = subject.steps.get(route[0] ?? '');
    report({
      code: 'cycle',
      step: node?.name,
      path: node?.path ?? 'Steps',
      value: route,
      message: `steps wait for each other: ${route.join(' -> ')}`,
      allowed: 'an order in which every step can run',
    });
  }
}

function checkNames({ graph }: Subject, report: Report): void {
  const first = new Map<string, Node>();
  for (const node of graph.nodes) {
    const other = first.get(node.name);
    if (other === undefined) {
      first.set(node.name, node);
      continue;
    }
    const both =
      node.branch !== undefined && other.branch?.of === node.branch.of && other.branch.side !== node.branch.side;
    report({
      code: both ? 'step-in-both-branches' : 'duplicate-name',
      step: node.name,
      path: node.path,
      value: node.name,
      message: both
        ? `step ${node.name} is in both branches of ${node.branch?.of}`
        : `step ${node.name} is at ${other.path} already`,
      allowed: 'each step once',
    });
  }
}

function checkDependsOn({ name, path, definition }: Node, { steps }: Subject, report: Report): void {
  const list = definition['DependsOn'];
  if (list === undefined) return;
  if (!Array.isArray(list))
    return report({
      code: 'wrong-type',
      step: name,
      path: `${path}.DependsOn`,
      value: list,
      message: 'DependsOn is not a list',
      allowed: 'a list of step names',
    });
  for (const [index, entry] of list.entries()) {
    const at = `${path}.DependsOn[${index}]`;
    const on: unknown = isObject(entry) ? entry['Step'] : entry;
    const outcome: unknown = isObject(entry) ? entry['Trigger'] : 'Completed';
    if (typeof on !== 'string')
      report({
        code: 'wrong-type',
        step: name,
        path: at,
        value: entry,
        message: 'DependsOn names a step',
        allowed: 'a step name',
      });
    else if (!steps.has(on))
      report({
        code: 'unknown-step',
        step: name,
        path: at,
        value: on,
        message: `step ${name} waits for ${on}, which is not in the pipeline`,
        allowed: oneOf([...steps.keys()], on),
      });
    else if (steps.get(on)?.type === 'Fail')
      report({
        code: 'depends-on-fail',
        step: name,
        path: at,
        value: on,
        message: `step ${name} waits for ${on}, which ends the execution`,
        allowed: 'any step but a Fail step',
      });
    if (!OUTCOMES.some((known) => known === outcome))
      report({
        code: 'not-allowed',
        step: name,
        path: `${at}.Trigger`,
        value: outcome,
        message: `outcome ${String(outcome)} is unknown`,
        allowed: OUTCOMES.join(', '),
      });
  }
}

/** Only steps of the same branch may use a step inside it; whether it runs is not known elsewhere. */
function checkBranches({ graph, steps }: Subject, report: Report): void {
  for (const edge of graph.edges) {
    const from = steps.get(edge.from);
    const to = steps.get(edge.to);
    if (from?.branch === undefined || to === undefined || edge.why === 'branch') continue;
    if (to.branch?.of === from.branch.of && to.branch.side === from.branch.side) continue;
    const inside = `the ${from.branch.side} branch of ${from.branch.of}`;
    report({
      code: 'branch-reference',
      step: to.name,
      path: to.path,
      value: from.name,
      message: `step ${to.name} uses ${from.name}, which is inside ${inside}`,
      allowed: `steps of the same branch, or the condition ${from.branch.of} itself`,
    });
  }
}
